// Brings node_modules to what package-lock.json says. Plain JavaScript for any Node from 18 on: it runs
// before the pinned Node is there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** The path of the pinned Node (a dependency of the workspace root). */
export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Runs npm unless node_modules already holds what the lock file says. */
export async function ensureInstalled(root, log) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stampPath = join(root, 'node_modules', '.utxoiq-installed');
  const stamp = `${createHash('sha256').update(lockText).digest('hex')} ${process.platform}-${process.arch}`;
  if (readOrNull(stampPath) === stamp && existsSync(pinnedNode(root))) return;
  const wanted = JSON.parse(lockText);
  if (!matchesLock(wanted, readOrNull(join(root, 'node_modules', '.package-lock.json')))) {
    await install(root, log);
  }
  checkPinnedNode(root, wanted.packages['node_modules/node']?.version);
  writeFileSync(stampPath, stamp);
}

/** Whether npm's own record of what it installed (its hidden lock file) has every package of the lock file. */
export function matchesLock(wanted, hiddenText) {
  if (hiddenText === null) return false;
  const installed = JSON.parse(hiddenText).packages ?? {};
  const missing = Object.entries(wanted.packages).find(([path, entry]) => {
    if (path === '' || !path.includes('node_modules/')) return false;
    const found = installed[path];
    if (found === undefined) return !(entry.optional || entry.devOptional || entry.peer);
    return !entry.link && found.version !== entry.version;
  });
  return missing === undefined;
}

/**
 * `npm install --no-save` and not `npm ci`: the versions are the lock file's either way, and where some packages are
 * already there only the others are fetched.
 */
async function install(root, log) {
  log('Installing the packages that package-lock.json names (about 1 GB on disk; once, a minute or so)...');
  const started = Date.now();
  const heartbeat = setInterval(() => log(`  still installing, ${seconds(started)} s`), 5000);
  try {
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    const { code, output } = await run('npm', args, root);
    if (code !== 0)
      throw new SetupError(`npm install failed with code ${code}.\n${output.trim()}`, nextStep(output));
  } finally {
    clearInterval(heartbeat);
  }
  log(`Installed in ${seconds(started)} s.`);
}

function nextStep(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH/.test(output)) {
    return 'The npm registry could not be reached: check the network or proxy (npm config get registry), then run the same command again.';
  }
  if (/ENOSPC/.test(output)) return 'The disk is full: free about 1.5 GB, then run the same command again.';
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return 'node_modules cannot be written: check who owns this folder, then run the same command again.';
  }
  return 'Look at the lines above, then run the same command again.';
}

/** Starts npm itself on the Node that the machine has: it replaces the pinned one while it runs. */
function run(command, args, cwd) {
  const own = join(cwd, 'node_modules') + sep;
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !(dir + sep).startsWith(own));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PATH: path.join(delimiter) },
      stdio: ['ignore', process.stderr, 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    child.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-8000);
    });
    child.on('error', (error) =>
      reject(
        new SetupError(
          `npm could not be started: ${error.message}`,
          'Install npm (it comes with Node) and run the same command again.',
        ),
      ),
    );
    child.on('close', (code) => resolve({ code, output }));
  });
}

function checkPinnedNode(root, version) {
  const result = spawnSync(pinnedNode(root), ['--version'], { encoding: 'utf8' });
  if (result.status === 0 && result.stdout.trim() === `v${version}`) return;
  throw new SetupError(
    `The pinned Node ${version} does not run here (${process.platform} ${process.arch}): ${result.error?.message ?? (result.stderr || result.stdout).trim()}.`,
    'Supported: Linux x64 and arm64 with glibc, macOS. If npm skips install scripts (npm config get ignore-scripts), allow them, remove node_modules and run the same command again.',
  );
}

function readOrNull(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

const seconds = (since) => Math.round((Date.now() - since) / 1000);
