// Many clients at once on the embedded engine: reads, inserts with tokens, clients that leave, broken statements, and
// now and then kill -9 of the engine. At the end every acknowledged row is there once, and nothing hangs.
// node bench/clickhouse-embedded/soak.ts [seconds=30] [clients=12] [kills=2]
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';

const [seconds = 30, clients = 12, kills = 2] = process.argv.slice(2).map(Number);
/** No request of the mix takes this long; one that does hangs. */
const HANG_MS = 30_000;
const temporary = await startTemporaryEngine({ maxQueuedQueries: 1_000 });
const { url, engine } = temporary;
const counts: Record<string, number> = {};
const acknowledged = new Set<number>();
let nextRow = 0;
const endAt = performance.now() + seconds * 1_000;

async function ask(sql: string, keys: Record<string, string> = {}, signal?: AbortSignal): Promise<string> {
  const hang = AbortSignal.timeout(HANG_MS);
  const response = await fetch(`${url}/?${new URLSearchParams(keys)}`, {
    method: 'POST',
    body: sql,
    signal: signal === undefined ? hang : AbortSignal.any([hang, signal]),
  });
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(`${response.status} ${text.slice(0, 60)}`);
}

async function insertOne(): Promise<void> {
  const row = nextRow++;
  const keys = { query: 'INSERT INTO t FORMAT TSV', insert_deduplication_token: String(row) };
  for (;;) {
    try {
      await ask(`${row}\t${'x'.repeat(row % 5_000)}\n`, keys);
      acknowledged.add(row);
      return;
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') throw error;
      await sleep(50);
    }
  }
}

const OPERATIONS: Record<string, () => Promise<unknown>> = {
  insert: insertOne,
  point: () =>
    ask('SELECT length(s) FROM t WHERE n = {n:UInt64}', {
      param_n: String(Math.floor(Math.random() * nextRow)),
    }),
  scan: () => ask('SELECT count(), sum(cityHash64(s)) FROM t FORMAT JSON', { max_threads: '1' }),
  session: () => ask('SELECT 1', { session_id: `s${Math.floor(Math.random() * 50)}`, session_timeout: '5' }),
  broken: () => ask('SELECT nothing FROM nowhere').catch(() => {}),
  leaving: () =>
    ask(
      'SELECT count() FROM numbers_mt(100000000000)',
      {},
      AbortSignal.timeout(Math.floor(Math.random() * 300)),
    ).catch((error) => {
      if (error.name !== 'TimeoutError') throw error;
    }),
};

async function client(): Promise<void> {
  const names = Object.keys(OPERATIONS);
  while (performance.now() < endAt) {
    const name = names[Math.floor(Math.random() * names.length)] ?? 'insert';
    const start = performance.now();
    const outcome = await OPERATIONS[name]?.().then(
      () => name,
      (error: Error) =>
        `${name} failed: ${performance.now() - start > HANG_MS - 100 ? 'HANG' : error.message}`,
    );
    counts[outcome ?? name] = (counts[outcome ?? name] ?? 0) + 1;
  }
}

const residentMb = (): number =>
  Math.round(
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${engine.enginePid}/status`, 'utf8'))?.[1]) / 1024,
  );

async function killNowAndThen(): Promise<void> {
  for (let n = 0; n < kills; n++) {
    await sleep((seconds * 1_000) / (kills + 1));
    if (engine.enginePid !== undefined) process.kill(engine.enginePid, 'SIGKILL');
  }
}

await ask(
  'CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100000',
);
const before = residentMb();
await Promise.all([...Array.from({ length: clients }, client), killNowAndThen()]);
const [rows, distinct] = (await ask('SELECT count(), uniqExact(n) FROM t')).trim().split('\t').map(Number);
const running = await ask(
  "SELECT count() FROM system.processes WHERE query LIKE '%numbers_mt%' AND query NOT LIKE '%system%'",
);
console.log(counts);
console.log(
  `${acknowledged.size} rows acknowledged, ${rows} there, ${distinct} distinct; ${engine.restarts} restarts`,
);
console.log(`${before} MB before, ${residentMb()} MB after; ${running.trim()} abandoned queries still run`);
const start = performance.now();
await temporary.stop();
console.log(`stopped in ${Math.round(performance.now() - start)} ms`);
const hung = Object.keys(counts).some((name) => name.endsWith('HANG'));
if (hung || rows !== acknowledged.size || distinct !== rows || Number(running) > 0) process.exitCode = 1;
