// `npm run store -- COMMAND`: the store's administration, on the ClickHouse of CLICKHOUSE_URL, else on the
// embedded engine of DATA_DIR: that of the running platform, or one that is started for this command.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedClickHouse, EmbeddedError } from '@utxoiq/clickhouse-embedded';

const isSetAside = process.argv[2] === 'set-aside';
const program = isSetAside ? 'collector/src/set-aside-cli.ts' : 'store/src/cli.ts';
const cli = fileURLToPath(new URL(`../packages/${program}`, import.meta.url));
const dataDir = resolve(process.env.DATA_DIR || './data');

async function runCli(url: string): Promise<number> {
  const environment = { ...process.env, CLICKHOUSE_URL: url };
  const child = spawn(process.execPath, [cli, ...process.argv.slice(2)], {
    env: environment,
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

/** The engine's address that the platform left; null when there is none or nobody answers there. */
async function runningEngine(): Promise<string | null> {
  try {
    const url = readFileSync(join(dataDir, 'engine-url'), 'utf8');
    const answer = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? url : null;
  } catch {
    return null; // No platform runs, or it did not end well and left its file.
  }
}

/** Needs no engine: the command's help, a store that it names itself, or files alone. */
const standsAlone = isSetAside
  ? process.argv[3] !== 'retry'
  : process.argv.slice(2).some((argument) => /^(-h|--help|--url(=.*)?)$/.test(argument));

async function main(): Promise<number> {
  if (standsAlone) return runCli(process.env.CLICKHOUSE_URL ?? '');
  const given = process.env.CLICKHOUSE_URL || (await runningEngine());
  if (given !== null) return runCli(given);
  const engine = await EmbeddedClickHouse.start({ dataDir: join(dataDir, 'clickhouse') });
  try {
    return await runCli(engine.url);
  } finally {
    await engine.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof EmbeddedError ? error.message : error);
  process.exitCode = 1;
}
