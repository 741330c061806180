// `npm start`: installs and builds what is missing, then runs the platform on the pinned Node.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, pinnedNode } from './setup/installed-packages.mjs';
import { runForeground } from './setup/run-child.mjs';
import { runMain } from './setup/setup-error.mjs';
import { ensureViewerBuilt } from './setup/viewer-build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

await runMain(async () => {
  await ensureInstalled(root, console.log);
  ensureViewerBuilt(root, console.log);
  return runForeground(pinnedNode(root), [join(root, 'scripts/platform.ts'), ...process.argv.slice(2)]);
});
