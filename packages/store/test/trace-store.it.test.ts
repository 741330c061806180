import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { matchesSpan, matchesTrace, type Span } from '@utxoiq/model';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpanBlock, SpanRows, TraceStore } from '../src/index.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';
import { BASE_NANOS, filter, span } from './random-spans.ts';
import { spanWith } from './span-with.ts';

const ALL = {
  projects: 'all',
  startUnixNano: BASE_NANOS - 3_600_000_000_000n,
  endUnixNano: BASE_NANOS + 3_600_000_000_000n,
} as const;

// More for a long run: STORE_TEST_ROUNDS=50 vitest run --project integration packages/store/test/trace-store.it.test.ts
const ROUNDS = Number(process.env.STORE_TEST_ROUNDS ?? 1);

let engine: TemporaryEngine | null = null;
const url = async (): Promise<string> => {
  if (GIVEN_URL !== undefined) return GIVEN_URL;
  engine ??= await startTemporaryEngine();
  return engine.url;
};
let databases = 0;
const openStore = async (): Promise<TraceStore> =>
  TraceStore.open({
    url: await url(),
    ...GIVEN_CLUSTER,
    database: `store_test_${process.pid}_${databases++}`,
  });

async function insert(store: TraceStore, spans: readonly Span[], token: string): Promise<void> {
  const block = new SpanBlock();
  const rows = new SpanRows();
  for (const one of spans) block.add(rows.of(one));
  await store.insertBlock(block, { token });
}

const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): T[] =>
  fc.sample(arbitrary, { numRuns: count, seed });

const groupByTrace = (spans: readonly Span[]): Map<string, Span[]> =>
  Map.groupBy(spans, ({ traceId }) => traceId);
const ascending = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
const duration = ({ startUnixNano, endUnixNano }: Span): bigint => endUnixNano - startUnixNano;
const byStart = (a: Span, b: Span): number =>
  ascending(a.startUnixNano, b.startUnixNano) ||
  ascending(duration(b), duration(a)) ||
  ascending(a.spanId, b.spanId);

afterAll(() => engine?.stop());

describe('TraceStore', () => {
  const spans = sample(span, 160, 7);
  let store: TraceStore;
  beforeAll(async () => {
    store = await openStore();
    await insert(store, spans.slice(0, 100), 'first');
    await insert(store, spans.slice(100), 'second');
    await insert(store, spans.slice(0, 100), 'first');
  });
  afterAll(() => store.close());

  it('gives every span back exactly, each once though its block came twice', async () => {
    for (const [traceId, expected] of groupByTrace(spans)) {
      const trace = await store.getTrace({ projects: 'all', traceId });
      expect(trace?.spans).toEqual(expected.toSorted(byStart));
    }
  });

  it('gives a parent before the child that starts in the same instant', async () => {
    const traceId = 'e'.repeat(32);
    const [parent, child] = ['bb', 'aa'].map((id) =>
      spanWith({ traceId, spanId: id.padStart(16, '0'), startUnixNano: BASE_NANOS }),
    );
    if (parent === undefined || child === undefined) throw new Error('unreachable');
    const spans = [{ ...child, parentSpanId: parent.spanId, endUnixNano: parent.endUnixNano - 1n }, parent];
    await insert(store, spans, 'tie');
    const trace = await store.getTrace({ projects: 'all', traceId });
    expect(trace?.spans.map(({ spanId }) => spanId)).toEqual([parent.spanId, child.spanId]);
    await store.deleteTrace({ projects: 'all', traceId });
  });

  it('says which block ClickHouse cannot take, whenever it is sent', async () => {
    const block = new SpanBlock();
    block.add(new SpanRows().of(spans[0] as Span));
    const whole = Buffer.from(block.encode());
    block.encode = () => whole.subarray(0, -20);
    await expect(store.insertBlock(block, { token: 'cut' })).rejects.toMatchObject({
      code: 'INSERT_REFUSED',
    });
    block.encode = () => {
      throw new RangeError('too long');
    };
    await expect(store.insertBlock(block, { token: 'none' })).rejects.toMatchObject({
      code: 'INSERT_REFUSED',
    });
  });

  it('keeps times that no clock shows', async () => {
    const odd = [0n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n].map((time, index) => ({
      ...(spans[0] as Span),
      traceId: 'f'.repeat(32),
      spanId: `${index + 1}`.padStart(16, '0'),
      startUnixNano: time,
      endUnixNano: index % 2 === 0 ? 0n : 2n ** 64n - 1n,
    }));
    await insert(store, odd, 'odd');
    const trace = await store.getTrace({ projects: 'all', traceId: 'f'.repeat(32) });
    expect(trace?.spans.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1))).toEqual(odd);
    await store.deleteTrace({ projects: 'all', traceId: 'f'.repeat(32) });
  });

  it('lists exactly the traces that the model says match a filter', {
    timeout: 180_000 * ROUNDS,
  }, async () => {
    const traces = groupByTrace(spans);
    for (const [index, tree] of sample(filter, 20 * ROUNDS, 11).entries()) {
      const { traces: listed, partial } = await store.listTraces({ ...ALL, filter: tree, pageSize: 100 });
      const expected = [...traces].filter(([, members]) => matchesTrace(tree, members)).map(([id]) => id);
      expect(partial).toBeNull();
      expect(listed.map(({ traceId }) => traceId).sort(), `${index}: ${show(tree)}`).toEqual(expected.sort());
    }
  });

  it('pages through exactly the traces that start in a range and match, in order, as the model does', {
    timeout: 180_000 * ROUNDS,
  }, async () => {
    const traces = Array.from(groupByTrace(spans), ([id, members]) => {
      const start = members.map(({ startUnixNano }) => startUnixNano).reduce((a, b) => (a < b ? a : b));
      return { id, members, start };
    }).sort((a, b) => ascending(a.start, b.start) || ascending(a.id, b.id));
    const times = spans.map(({ startUnixNano }) => startUnixNano).sort(ascending);
    const asked = fc.record({
      tree: fc.option(filter),
      ends: fc.tuple(fc.nat(times.length - 1), fc.nat(times.length - 1)),
      pageSize: fc.integer({ min: 1, max: 9 }),
      orderBy: fc.constantFrom('start desc', 'start'),
    });
    for (const { tree, ends, pageSize, orderBy } of sample(asked, 12 * ROUNDS, 17)) {
      const [from, to] = ends.toSorted((a, b) => a - b).map((at) => times[at] as bigint) as [bigint, bigint];
      const query = { projects: 'all', startUnixNano: from, endUnixNano: to, filter: tree, orderBy } as const;
      const listed: string[] = [];
      for (let pageToken: string | null | undefined; pageToken !== null; ) {
        const page = await store.listTraces({
          ...query,
          pageSize,
          ...(pageToken !== undefined && { pageToken }),
        });
        expect(page.partial).toBeNull();
        listed.push(...page.traces.map(({ traceId }) => traceId));
        pageToken = page.nextPageToken;
      }
      const inRange = traces.filter(({ start }) => start >= from && start <= to);
      const expected = inRange.filter(({ members }) => tree === null || matchesTrace(tree, members));
      if (orderBy === 'start desc') expected.reverse();
      expect(listed, show(tree)).toEqual(expected.map(({ id }) => id));
    }
  });

  it('lists exactly the spans that the model says match a filter', {
    timeout: 180_000 * ROUNDS,
  }, async () => {
    for (const [index, tree] of sample(filter, 25 * ROUNDS, 13).entries()) {
      const { spans: listed } = await store.listSpans({ ...ALL, filter: tree, pageSize: 1000 });
      const expected = spans.filter((one) => matchesSpan(tree, one, one.parentSpanId === null));
      expect(listed.map(({ spanId }) => spanId).sort(), `${index}: ${show(tree)}`).toEqual(
        expected.map(({ spanId }) => spanId).sort(),
      );
    }
  });
});

const show = (tree: unknown): string =>
  JSON.stringify(tree, (_, item) => (typeof item === 'bigint' ? `${item}n` : item));
