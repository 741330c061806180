// `npm run build`: the viewer, compressed, as `npm start` builds it; for images, in which nothing is built later.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './setup/installed-packages.mjs';
import { runMain } from './setup/setup-error.mjs';
import { ensureViewerBuilt } from './setup/viewer-build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

await runMain(async () => {
  await ensureInstalled(root, console.log);
  ensureViewerBuilt(root, console.log);
  return 0;
});
