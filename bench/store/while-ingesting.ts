// Queries at rest, and while spans are stored at half of what is to be sustained (150,000 a second):
//   node bench/store/while-ingesting.ts --data-dir /tmp/spans   (a copy: spans are added to it)
//   node bench/store/while-ingesting.ts --spans 1000000 --rate 75000
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { EmbeddedClickHouse, startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { TraceStore } from '@utxoiq/store';
import { END_MS, loadOnce } from './load.ts';
import { merge } from './on-disk.ts';
import { type Query, queries } from './query-list.ts';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000' },
    'data-dir': { type: 'string' },
    rate: { type: 'string', default: '75000' },
    runs: { type: 'string', default: '15' },
  },
});
const SEARCHES = [
  'trace by id',
  'traces: newest 20',
  'traces: service + duration + attribute, last hour',
  'traces: service + duration + attribute, 24 h',
  'traces: rare attribute value, 24 h',
  'errors per service and minute, 24 h',
];

async function medians(searches: readonly Query[]): Promise<readonly number[]> {
  const found: number[] = [];
  for (const [, , run] of searches) {
    const times: number[] = [];
    for (let round = -2; round < Number(values.runs); round++) {
      const began = performance.now();
      await run();
      if (round >= 0) times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    found.push(times[Math.floor(times.length / 2)] as number);
  }
  return found;
}

const dataDir = values['data-dir'];
await using engine =
  dataDir === undefined ? await startTemporaryEngine() : await EmbeddedClickHouse.start({ dataDir });
const options = { url: engine.url, limits: { timeoutMs: 60_000 } };
await using store = await TraceStore.open(options);
const loaded = await loadOnce(store, Number(values.spans));
if (loaded.seconds > 0) await merge(engine.url);
const searches = (of: TraceStore, minutesMore = 0) => {
  const endUnixNano = BigInt(END_MS + minutesMore * 60_000) * 1_000_000n;
  return queries(of, loaded, endUnixNano).filter(([name]) => SEARCHES.includes(name));
};
const atRest = await medians(searches(store));

const worker = new Worker(new URL('ingest-worker.ts', import.meta.url), {
  workerData: { url: engine.url, rate: Number(values.rate) },
});
await once(worker, 'message'); // the first block is stored
// A store looks every 10 s where spans end: this one knows that they go on.
await using storeMeanwhile = await TraceStore.open(options);
const busy = await medians(searches(storeMeanwhile));
// Up to now, with what arrives.
const arriving = await medians(searches(storeMeanwhile, 10));
worker.postMessage('stop');
const [stored] = (await once(worker, 'message')) as [{ spans: number; seconds: number }];
await once(worker, 'exit');

console.log(`${Math.round(stored.spans / stored.seconds)} spans/s stored meanwhile`);
console.log(' at rest     busy  up to now');
for (const [index, [name]] of searches(store).entries()) {
  const [rest = 0, load = 0, now = 0] = [atRest[index], busy[index], arriving[index]];
  const columns = `${rest.toFixed(1).padStart(8)} ${load.toFixed(1).padStart(8)} ${now.toFixed(1).padStart(8)} ms`;
  console.log(`${columns}  ${(load / rest).toFixed(1)}x ${(now / rest).toFixed(1)}x  ${name}`);
}
