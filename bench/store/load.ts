import { SpanBlock, type TraceStore } from '@utxoiq/store';
import { generateSpans, SPANS_PER_TRACE } from './generate.ts';

export const DAY_MS = 86_400_000;
/** When the benches' spans end. */
export const END_MS = Date.UTC(2026, 10, 22, 14);
const ROWS_PER_BLOCK = 50_000;

export interface Loaded {
  readonly spans: number;
  readonly seconds: number;
  /** Of one span somewhere in the middle. */
  readonly traceId: string;
  readonly correlationId: string;
}

/** Stores generated traces over the 24 hours before `endUnixMs`, in blocks of 50,000 spans, oldest first. */
export async function load(store: TraceStore, spans: number, endUnixMs: number): Promise<Loaded> {
  const traces = Math.ceil(spans / SPANS_PER_TRACE);
  const perBlock = ROWS_PER_BLOCK / SPANS_PER_TRACE;
  const block = new SpanBlock();
  const startUnixMs = endUnixMs - DAY_MS;
  let traceId = '';
  let correlationId = '';
  const began = performance.now();
  for (let at = 0; at < traces; at += perBlock) {
    const part = Math.min(perBlock, traces - at);
    const range = {
      startUnixMs: startUnixMs + (DAY_MS * at) / traces,
      endUnixMs: startUnixMs + (DAY_MS * (at + part)) / traces,
    };
    generateSpans({ seed: at + 1, traces: part, ...range }, (row) => {
      block.add(row);
      const id = row.attributeValues[row.attributeKeys.indexOf('correlation_id')];
      if (at * 2 > traces && traceId === '' && row.kind === 2 && typeof id === 'string') {
        traceId = Buffer.from(row.bytes.subarray(0, 16)).toString('hex');
        correlationId = id;
      }
    });
    await store.insertBlock(block, { token: `bench-${at}` });
    block.clear();
  }
  return {
    spans: traces * SPANS_PER_TRACE,
    seconds: (performance.now() - began) / 1000,
    traceId,
    correlationId,
  };
}

/** Loads spans that end at `END_MS`; where spans are stored already, takes ids of a stored trace instead. */
export async function loadOnce(store: TraceStore, spans: number): Promise<Loaded> {
  const stored = (await store.status()).find(({ table }) => table === 'spans')?.rows ?? 0;
  if (stored === 0) {
    const loaded = await load(store, spans, END_MS);
    const rate = Math.round(loaded.spans / loaded.seconds);
    console.log(`${loaded.spans} spans over 24 h stored in ${loaded.seconds.toFixed(1)} s (${rate}/s)`);
    return loaded;
  }
  const noon = BigInt(END_MS - DAY_MS / 2) * 1_000_000n;
  const range = { projects: 'all', startUnixNano: 0n, endUnixNano: noon } as const;
  const { traces } = await store.listTraces({ ...range, filter: null, pageSize: 1 });
  const traceId = traces[0]?.traceId ?? '';
  const trace = await store.getTrace({ projects: 'all', traceId });
  const correlationId = String(trace?.spans[0]?.attributes.get('correlation_id') ?? '');
  return { spans: stored, seconds: 0, traceId, correlationId };
}
