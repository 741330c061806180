// `npm test`: installs what is missing, then type check, lint, boundaries, unused code, and all tests. Words
// after `npm test --` go to Vitest. Ends with Vitest's own closing lines.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureClientPrograms } from './setup/client-programs.mjs';
import { ensureInstalled, pinnedNode } from './setup/installed-packages.mjs';
import { runForeground } from './setup/run-child.mjs';
import { runMain } from './setup/setup-error.mjs';
import { ensureViewerBuilt } from './setup/viewer-build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const steps = [
  ['type check', 'tsc', '-p', '.'],
  ['type check of the viewer', 'tsc', '-p', 'packages/viewer'],
  ['lint and format', 'biome', 'check', '--error-on-warnings'],
  [
    'boundaries',
    'depcruise',
    'packages',
    'services',
    'bench',
    'e2e',
    'scripts',
    '--config',
    '.dependency-cruiser.mjs',
  ],
  ['unused code', 'knip'],
];

await runMain(async () => {
  await ensureInstalled(root, console.log);
  ensureViewerBuilt(root, console.log);
  const bin = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const chromium = ensureChromium(console.log);
  if (chromium !== null) env.CHROMIUM_PATH = chromium;
  await ensureClientPrograms(root, console.log);
  for (const [name, command, ...args] of steps) {
    if (!(await runStep(name, join(bin, command), args, env))) return 1;
  }
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  return runForeground(pinnedNode(root), [vitest, 'run', ...process.argv.slice(2)], { cwd: root, env });
});

/** Runs one static check; its output is shown only when it fails. */
function runStep(name, command, args, env) {
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) console.error(output.trimEnd());
      const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
      if (code === 0) console.log(`ok      ${name} (${took})`);
      else
        console.error(
          `FAILED  ${name}: ${[command.split('/').pop(), ...args].join(' ')} (exit code ${code}, ${took}). The tests did not run.`,
        );
      resolve(code === 0);
    });
  });
}
