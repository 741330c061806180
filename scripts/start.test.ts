import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('start.mjs', import.meta.url));
const start = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

it('npm start -- --help lists the options, and starts nothing', () => {
  const { status, stdout, stderr } = start('--help');
  for (const option of ['PORT', 'OTLP_HTTP_PORT', 'GRPC_PORT', 'DATA_DIR', 'CLICKHOUSE_URL', 'AUTH_ISSUER']) {
    expect(stdout).toMatch(new RegExp(`\\b${option}\\b`));
  }
  expect([status, stderr]).toEqual([0, '']);
});

it('refuses arguments in one line', () => {
  const { status, stdout, stderr } = start('--port', '9000');
  expect(stderr.trim()).toBe(
    'npm start takes no argument, got --port. npm start -- --help lists its options.',
  );
  expect([status, stdout]).toEqual([1, '']);
});
