import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const oneLine =
  /^(?:clickhouse-embedded: )?the ClickHouse library cannot be loaded on (\w+-\w+): .* Next: run npm ci on Linux with glibc or macOS \(x64 or arm64\), or set CLICKHOUSE_URL to a ClickHouse server\.$/;

/** What npm leaves where chDB has no library for the platform: all of it but that. */
let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'utxoiq-unsupported-'));
  for (const part of [
    'scripts',
    'packages/clickhouse-embedded/src',
    'packages/clickhouse-embedded/package.json',
  ]) {
    cpSync(join(root, part), join(checkout, part), { recursive: true });
  }
  mkdirSync(join(checkout, 'node_modules/@utxoiq'), { recursive: true });
  symlinkSync(
    '../../packages/clickhouse-embedded',
    join(checkout, 'node_modules/@utxoiq/clickhouse-embedded'),
  );
  for (const part of ['package.json', 'dist']) {
    cpSync(join(root, 'node_modules/chdb', part), join(checkout, 'node_modules/chdb', part), {
      recursive: true,
    });
  }
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

/** Runs a program of the checkout; resolves to its exit code and its last words. */
function run(program: string, ...args: string[]): Promise<{ code: unknown; lastLine: string | undefined }> {
  const env = { ...process.env, DATA_DIR: join(checkout, 'data') };
  for (const name of ['PORT', 'OTLP_HTTP_PORT', 'GRPC_PORT', 'FEATURE_ENGINE_PORT', 'INSIGHT_GENERATOR_PORT'])
    Object.assign(env, { [name]: '0' });
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(checkout, program), ...args],
      { env, cwd: checkout },
      (error, stdout, stderr) => {
        const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
        resolve({ code: error?.code ?? 0, lastLine: lines.at(-1) });
      },
    );
  });
}

describe('without chDB’s library for the platform', () => {
  it.each([
    ['the platform', 'scripts/platform.ts', []],
    ['the engine', 'packages/clickhouse-embedded/src/bin.ts', ['--data-dir', 'data', '--port', '0']],
  ])('%s ends with one line that says what to do', async (_, program, args) => {
    const { code, lastLine } = await run(program, ...args);
    expect(lastLine).toMatch(oneLine);
    expect(oneLine.exec(lastLine ?? '')?.[1]).toBe(`${process.platform}-${process.arch}`);
    expect(code).toBe(1);
  });
});
