import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('assertSpan tells node:test what is wrong about a span', { timeout: 120_000 }, () => {
  const { NODE_TEST_CONTEXT: _ours, ...env } = process.env;
  const program = join(import.meta.dirname, 'programs/node-runner.mjs');
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--test', '--test-reporter=tap', '--test-isolation=none', program],
    { env, encoding: 'utf8', timeout: 100_000 },
  );
  expect(stdout).toMatch(/^ok 1 - the store is asked once$/m);
  expect(stdout).toMatch(/^not ok 2 - fails and says why$/m);
  expect(stdout).toMatch(/span handle: id is undefined, expected 7/);
  expect(stdout).toMatch(/code: 'ERR_ASSERTION'/);
  expect(status).toBe(1);
});
