// Runs one of the project's TypeScript programs on the pinned Node, after installing what is missing:
// `node scripts/run.mjs scripts/token.ts --role viewer`. What it says about installing goes to stderr.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, pinnedNode } from './setup/installed-packages.mjs';
import { runForeground } from './setup/run-child.mjs';
import { runMain } from './setup/setup-error.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [program = '', ...args] = process.argv.slice(2);

await runMain(async () => {
  await ensureInstalled(root, console.error);
  return runForeground(pinnedNode(root), [join(root, program), ...args]);
});
