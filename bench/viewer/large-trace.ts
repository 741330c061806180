import type { Span } from '@utxoiq/model';

const services = ['gateway', 'orders', 'stock', 'payment', 'mail', 'search', 'ledger', 'audit'];
const names = Array.from({ length: 60 }, (_, index) => `operation ${index}`);

/** The same numbers in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Parents and times of a trace that grows by calls of calls, a few of them wide. */
function shape(size: number): { parents: Int32Array; starts: Float64Array; durations: Float64Array } {
  const random = generator(7);
  const parents = new Int32Array(size).fill(-1);
  const starts = new Float64Array(size);
  const durations = new Float64Array(size);
  const total = 60e9;
  durations[0] = total;
  for (let row = 1; row < size; row += 1) {
    const back =
      random() < 0.3 ? Math.floor(random() * Math.min(row, 5000)) : Math.floor(random() * Math.min(row, 12));
    parents[row] = row - 1 - back;
    starts[row] = Math.floor((row / size) * total * 0.95);
    durations[row] = Math.floor(Math.min(total - (starts[row] ?? 0), 1e6 + random() ** 4 * 5e9));
  }
  return { parents, starts, durations };
}

const noAttributes = new Map<string, string>();
const noResource = { attributes: noAttributes, droppedAttributesCount: 0, schemaUrl: '' };

/** One trace in slices of `sliceSize` spans, so that a million of them never stand in memory at once. */
export function* largeTrace(options: {
  traceId: string;
  spanCount: number;
  startMs: number;
  sliceSize: number;
}): Generator<readonly Span[]> {
  const { traceId, spanCount, sliceSize } = options;
  const { parents, starts, durations } = shape(spanCount);
  const resources = services.map((service) => ({
    attributes: new Map([['service.name', service]]),
    droppedAttributesCount: 0,
    schemaUrl: '',
  }));
  const scope = {
    name: 'bench',
    version: '1',
    attributes: noAttributes,
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
  const base = BigInt(Math.round(options.startMs)) * 1_000_000n;
  const idOf = (row: number) => (row + 1).toString(16).padStart(16, '0');
  const spanOf = (row: number): Span => {
    const start = base + BigInt(starts[row] ?? 0);
    const parent = parents[row] ?? -1;
    return {
      projectId: '',
      traceId,
      spanId: idOf(row),
      parentSpanId: parent < 0 ? null : idOf(parent),
      traceState: '',
      flags: 1,
      name: names[row % names.length] ?? '',
      kind: 1,
      startUnixNano: start,
      endUnixNano: start + BigInt(durations[row] ?? 0),
      attributes: new Map([['order', String(row)]]),
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: { code: row % 97 === 5 ? 2 : 0, message: '' },
      resource: resources[(row >> 3) % services.length] ?? noResource,
      scope,
    };
  };
  for (let from = 0; from < spanCount; from += sliceSize) {
    yield Array.from({ length: Math.min(sliceSize, spanCount - from) }, (_, index) => spanOf(from + index));
  }
}
