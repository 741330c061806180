// How long a start takes on stored spans, until the first page is there:
//   node bench/store/start.ts --data-dir /tmp/spans   (filled by bench/store/queries.ts)
import { parseArgs } from 'node:util';
import { EmbeddedClickHouse } from '@utxoiq/clickhouse-embedded';
import { TraceStore } from '@utxoiq/store';
import { END_MS } from './load.ts';

const { values } = parseArgs({
  options: { 'data-dir': { type: 'string' }, runs: { type: 'string', default: '5' } },
});
const dataDir = values['data-dir'];
if (dataDir === undefined) throw new Error('--data-dir: the folder that bench/store/queries.ts filled');
const range = { projects: 'all', startUnixNano: 0n, endUnixNano: BigInt(END_MS) * 1_000_000n } as const;

for (let run = 0; run < Number(values.runs); run++) {
  const began = performance.now();
  await using engine = await EmbeddedClickHouse.start({ dataDir });
  const engineAt = performance.now();
  await using store = await TraceStore.open({ url: engine.url });
  const storeAt = performance.now();
  await store.listTraces({ ...range, filter: null, pageSize: 20 });
  const pageAt = performance.now();
  const spans = (await store.status()).find(({ table }) => table === 'spans')?.rows ?? 0;
  console.log(
    `${spans} spans: engine ${ms(engineAt - began)}, store ${ms(storeAt - engineAt)}, ` +
      `first page ${ms(pageAt - storeAt)}, in all ${ms(pageAt - began)}`,
  );
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
