// Builds the viewer when its sources changed since the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pinnedNode } from './installed-packages.mjs';
import { SetupError } from './setup-error.mjs';

const sources = ['packages/viewer', 'packages/model/src', 'package-lock.json'];
const skipped = new Set(['dist', 'node_modules', 'test', '.DS_Store']);

/** `SKIP_VIEWER_BUILD=1` leaves the viewer as it is: for work on everything else. */
export function ensureViewerBuilt(root, log) {
  if (process.env.SKIP_VIEWER_BUILD === '1') return;
  const stampPath = join(root, '.cache', 'viewer-built');
  const hash = hashOf(root);
  const built = existsSync(join(root, 'packages/viewer/dist/index.html'));
  if (built && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === hash) return;
  log('Building the viewer...');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const result = spawnSync(pinnedNode(root), [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'packages/viewer'),
    encoding: 'utf8',
    // Started from a test runner it would be React's build for development: larger, slower, every page mounted twice.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (result.status !== 0) {
    throw new SetupError(
      `vite build failed with code ${result.status}.\n${result.stdout ?? ''}${result.stderr ?? ''}`.trim(),
      'Mend what it names in packages/viewer, then run the same command again.',
    );
  }
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stampPath, hash);
}

function hashOf(root) {
  const hash = createHash('sha256');
  for (const path of sources.flatMap((source) => filesUnder(join(root, source)))) {
    hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
  return entries
    .filter((entry) => !skipped.has(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(join(path, entry.name)));
}
