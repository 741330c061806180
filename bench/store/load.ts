import { SpanBlock, type TraceStore } from '@utxoiq/store';
import { generateSpans, SPANS_PER_TRACE } from './generate.ts';

export const DAY_MS = 86_400_000;
/** When the benches' spans end. */
export const END_MS = Date.UTC(2026, 10, 22, 14);
const ROWS_PER_BLOCK = 50_000;

/** Traces all over the day: asked for by turns, since the engine remembers where it found the last one. */
const TRACES = 50;

export interface Loaded {
  readonly spans: number;
  readonly seconds: number;
  readonly traceIds: readonly string[];
  readonly correlationIds: readonly string[];
}

/** Stores generated traces over the time before `END_MS`, in blocks of 50,000 spans, oldest first. */
async function load(store: TraceStore, spans: number, overMs: number): Promise<number> {
  const traces = Math.ceil(spans / SPANS_PER_TRACE);
  const perBlock = ROWS_PER_BLOCK / SPANS_PER_TRACE;
  const block = new SpanBlock();
  const startUnixMs = END_MS - overMs;
  for (let at = 0; at < traces; at += perBlock) {
    const part = Math.min(perBlock, traces - at);
    const range = {
      startUnixMs: startUnixMs + (overMs * at) / traces,
      endUnixMs: startUnixMs + (overMs * (at + part)) / traces,
    };
    generateSpans({ seed: at + 1, traces: part, ...range }, (row) => block.add(row));
    await store.insertBlock(block, { token: `bench-${at}` });
    block.clear();
  }
  return traces * SPANS_PER_TRACE;
}

/** Loads spans that end at `END_MS`, unless some are stored already. */
export async function loadOnce(store: TraceStore, spans: number, overMs: number = DAY_MS): Promise<Loaded> {
  const stored = (await store.status()).find(({ table }) => table === 'spans')?.rows ?? 0;
  if (stored > 0) return { spans: stored, seconds: 0, ...(await idsOf(store, overMs)) };
  const began = performance.now();
  const loaded = await load(store, spans, overMs);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${loaded} spans over ${overMs / 3_600_000} h stored in ${seconds.toFixed(1)} s (${Math.round(loaded / seconds)}/s)`,
  );
  return { spans: loaded, seconds, ...(await idsOf(store, overMs)) };
}

async function idsOf(
  store: TraceStore,
  overMs: number,
): Promise<Pick<Loaded, 'traceIds' | 'correlationIds'>> {
  const traceIds: string[] = [];
  const correlationIds: string[] = [];
  for (let at = 1; at <= TRACES; at++) {
    const endUnixNano = BigInt(Math.round(END_MS - overMs + (overMs * at) / TRACES)) * 1_000_000n;
    const range = { projects: 'all', startUnixNano: 0n, endUnixNano } as const;
    const { traces } = await store.listTraces({ ...range, filter: null, pageSize: 1 });
    const traceId = traces[0]?.traceId ?? '';
    const trace = await store.getTrace({ projects: 'all', traceId });
    traceIds.push(traceId);
    correlationIds.push(String(trace?.spans[0]?.attributes.get('correlation_id') ?? ''));
  }
  return { traceIds, correlationIds };
}

/** One after the other, and from the start again. */
export function byTurns<Value>(values: readonly Value[]): () => Value {
  let at = 0;
  return () => values[at++ % values.length] as Value;
}
