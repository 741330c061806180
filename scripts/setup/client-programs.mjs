// Google's and OpenTelemetry's own programs that the tests run against this platform (e2e/fixtures/clients): with
// packages and versions of their own, so that they are what their users have. About 100 MB, once.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matchesLock } from './installed-packages.mjs';

export const clientsFolder = (root) => join(root, 'e2e', 'fixtures', 'clients');

/** Whether what the lock file names is there. */
export function hasClientPrograms(root) {
  const folder = clientsFolder(root);
  const hidden = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return matchesLock(lock, readFileSync(hidden, 'utf8'));
}

/** Installs them; without them their tests are skipped, and the rest runs. */
export async function ensureClientPrograms(root, log) {
  if (hasClientPrograms(root)) return;
  log('Installing the client programs of the Cloud Trace tests (about 100 MB on disk; once)...');
  const started = Date.now();
  const heartbeat = setInterval(
    () => log(`  still installing, ${Math.round((Date.now() - started) / 1000)} s`),
    5000,
  );
  const output = await run(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1'],
    clientsFolder(root),
  );
  clearInterval(heartbeat);
  if (hasClientPrograms(root)) return;
  const reason = output.trim().split('\n').at(-1) ?? '';
  log(`They could not be installed (${reason}): the tests with them will be reported as skipped.`);
  log('To run them: cd e2e/fixtures/clients && npm ci --ignore-scripts, then npm test again.');
}

/** Resolves to what it said, however it ended. */
function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-4000);
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', () => resolve(output));
  });
}
