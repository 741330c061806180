// Latency of the embedded engine over HTTP: small queries, inserts of Native blocks, a query beside inserts.
// node bench/clickhouse-embedded/latency.ts
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';

const BLOCK_ROWS = 50_000;
const agent = new Agent({ keepAlive: true });
const temporary = await startTemporaryEngine();
const { url, engine } = temporary;

function post(query: string, body: Uint8Array = new Uint8Array(), keys = ''): Promise<Buffer> {
  const path = `${url}/?query=${encodeURIComponent(query)}${keys}`;
  return new Promise((resolve, reject) => {
    const sent = request(path, { method: 'POST', agent }, async (response) => {
      const bytes = await bytesOf(response);
      if (response.statusCode === 200) resolve(bytes);
      else reject(new Error(bytes.toString()));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

async function bytesOf(response: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// Linux: user and system time of the engine's process, in ms.
function engineCpuMs(): number {
  const fields = readFileSync(`/proc/${engine.enginePid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function engineMemoryMb(): number {
  const status = readFileSync(`/proc/${engine.enginePid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

async function measure(name: string, times: number, run: (i: number) => Promise<unknown>): Promise<void> {
  const took: number[] = [];
  const cpuBefore = engineCpuMs();
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await run(i);
    took.push(performance.now() - start);
  }
  const cpu = (engineCpuMs() - cpuBefore) / times;
  took.sort((a, b) => a - b);
  const at = (share: number) => (took[Math.floor(share * times)] ?? 0).toFixed(2).padStart(8);
  console.log(`${name.padEnd(44)} p50 ${at(0.5)} p95 ${at(0.95)} ms, engine CPU ${cpu.toFixed(2)} ms`);
}

// A table per measurement: merges of the one before would count for the next.
const createTable = (name: string) =>
  post(`CREATE TABLE ${name} (id UInt64, ts DateTime64(9), trace FixedString(16), service LowCardinality(String),
  name LowCardinality(String), attributes Map(LowCardinality(String), String), duration Float64)
  ENGINE = MergeTree ORDER BY (service, ts) SETTINGS non_replicated_deduplication_window = 1000`);
const columns = 'id, ts, trace, service, name, attributes, duration';
const rows = (count: number, format: string) =>
  post(`SELECT number::UInt64 AS id, now64(9) + number AS ts, CAST(substring(reinterpretAsString(rand64()) || reinterpretAsString(rand64(1)), 1, 16) AS FixedString(16)) AS trace,
    toLowCardinality('svc' || toString(number % 10)) AS service, toLowCardinality('op' || toString(number % 100)) AS name,
    CAST(map('a', toString(number % 7), 'b', toString(number % 1000), 'c', 'x', 'd', toString(rand())), 'Map(LowCardinality(String), String)') AS attributes,
    rand() / 1000 AS duration FROM numbers(${count}) FORMAT ${format}`);

console.log(`idle: ${engineMemoryMb()} MB resident`);
await measure('warm up', 200, () => post('SELECT 1'));
await measure('SELECT 1', 500, () => post('SELECT 1'));
await measure('SELECT with a parameter and two settings', 500, (i) =>
  post('SELECT {n:UInt64}', undefined, `&param_n=${i}&max_threads=1&max_block_size=8192`),
);
for (const [count, times] of [
  [100, 100],
  [10_000, 40],
  [BLOCK_ROWS, 20],
] as const) {
  await createTable(`native_${count}`);
  const block = await rows(count, 'Native');
  const megabytes = (block.length / 1e6).toFixed(1);
  await measure(`insert ${count} rows, Native, ${megabytes} MB`, times, (i) =>
    post(
      `INSERT INTO native_${count} (${columns}) FORMAT Native`,
      block,
      `&insert_deduplication_token=${count}-${i}`,
    ),
  );
}
for (const format of ['RowBinary', 'JSONEachRow']) {
  await createTable(format);
  const block = await rows(BLOCK_ROWS, format);
  await measure(`insert ${BLOCK_ROWS} rows, ${format}`, 8, () =>
    post(`INSERT INTO ${format} (${columns}) FORMAT ${format}`, block),
  );
}
console.log(`after the inserts: ${engineMemoryMb()} MB resident`);
const small = await rows(1_000, 'Native');
let heavy = true;
const load = (async () => {
  while (heavy) await post('SELECT count() FROM numbers_mt(300000000) WHERE cityHash64(number) % 7 = 0');
})();
await measure('insert 1000 rows beside a heavy query', 30, () =>
  post(`INSERT INTO native_100 (${columns}) FORMAT Native`, small),
);
heavy = false;
await load;
agent.destroy();
await temporary[Symbol.asyncDispose]();
