import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import type { Filter, Span, TraceOrder, TraceSummary } from '@utxoiq/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpanBlock, SpanRows, TraceStore } from '../src/index.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';
import { spanWith } from './span-with.ts';

const BASE = 1_795_000_000_000_000_000n;
const SECOND = 1_000_000_000n;
const HOUR = 3_600n * SECOND;
const RANGE = { projects: 'all', startUnixNano: BASE, endUnixNano: BASE + 24n * HOUR } as const;
const id = (number: number, digits = 32): string => number.toString(16).padStart(digits, '0');

let engine: TemporaryEngine | undefined;
let store: TraceStore;
let tokens = 0;

async function insert(...spans: Span[]): Promise<void> {
  const block = new SpanBlock();
  const rows = new SpanRows();
  for (const span of spans) block.add(rows.of(span));
  await store.insertBlock(block, { token: `t${tokens++}` });
}

async function allPages(
  orderBy: TraceOrder,
  filter: Filter | null,
  pageSize: number,
): Promise<TraceSummary[]> {
  const found: TraceSummary[] = [];
  for (let pageToken: string | null | undefined; pageToken !== null; ) {
    const page = await store.listTraces({
      ...RANGE,
      filter,
      orderBy,
      pageSize,
      ...(pageToken && { pageToken }),
    });
    found.push(...page.traces);
    expect(page.partial).toBeNull();
    pageToken = page.nextPageToken;
  }
  return found;
}

beforeAll(async () => {
  engine = await startTemporaryEngine();
  store = await TraceStore.open({
    url: GIVEN_URL ?? engine.url,
    ...GIVEN_CLUSTER,
    database: `list_${process.pid}`,
  });
  // 60 traces over 20 hours, several starting at once; the second span an hour and a half into some of them.
  const spans: Span[] = [];
  for (let trace = 1; trace <= 60; trace++) {
    const startUnixNano = BASE + BigInt(Math.floor(trace / 3)) * HOUR;
    const root = spanWith({
      traceId: id(trace),
      spanId: id(trace, 16),
      startUnixNano,
      name: `op ${trace % 7}`,
    });
    const late = startUnixNano + (trace % 10 === 0 ? HOUR / 4n : SECOND);
    const child = spanWith({
      traceId: id(trace),
      spanId: id(trace + 1000, 16),
      parentSpanId: id(trace, 16),
      startUnixNano: late,
      endUnixNano: late + BigInt(trace % 5) * SECOND,
      attributes: new Map([['half', trace % 2 === 0 ? 'even' : 'odd']]),
      status: { code: trace % 4 === 0 ? 2 : 0, message: '' },
    });
    spans.push(root, child);
  }
  await insert(...spans.filter((_, index) => index % 3 !== 0));
  await insert(...spans.filter((_, index) => index % 3 === 0), ...spans.slice(0, 10));
});
afterAll(async () => {
  await store.close();
  await engine?.stop();
});

describe('listTraces', () => {
  const even: Filter = { type: 'attribute', scope: 'any', key: 'half', op: '=', value: 'even' };
  const duration = ({ startUnixNano, endUnixNano }: TraceSummary): bigint => endUnixNano - startUnixNano;
  const keys: Record<string, (trace: TraceSummary) => bigint | string> = {
    start: (trace) => trace.startUnixNano,
    duration,
    name: (trace) => trace.root?.name ?? '',
    trace_id: (trace) => trace.traceId,
  };

  for (const orderBy of [
    'start desc',
    'start',
    'duration desc',
    'duration',
    'name',
    'name desc',
    'trace_id',
    'trace_id desc',
  ] as const) {
    it(`pages through every trace once in order of ${orderBy}`, async () => {
      const [field, direction] = orderBy.split(' ') as ['start', string?];
      const key = keys[field] as (trace: TraceSummary) => bigint | string;
      for (const [filter, count] of [
        [null, 60],
        [even, 30],
      ] as const) {
        const traces = await allPages(orderBy, filter, 13);
        expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(count);
        expect(traces).toHaveLength(count);
        for (const [at, trace] of traces.entries()) {
          const next = traces[at + 1];
          if (next === undefined) break;
          const [a, b] = direction === 'desc' ? [next, trace] : [trace, next];
          expect(key(a) < key(b) || (key(a) === key(b) && a.traceId < b.traceId)).toBe(true);
        }
      }
    });
  }

  it('counts copies of a span once, and different spans with one id twice', async () => {
    const [first] = await allPages('trace_id', null, 1);
    expect(first).toMatchObject({
      traceId: id(1),
      spanCount: 2,
      errorCount: 0,
      services: [{ name: 's', spanCount: 2 }],
    });
    const twin = spanWith({ traceId: id(900), startUnixNano: BASE + 25n * HOUR });
    await insert(twin, { ...twin, name: 'another' }, twin);
    expect((await store.getTrace({ projects: 'all', traceId: id(900) }))?.summary.spanCount).toBe(2);
  });

  it('does not shift the next page when newer traces arrive', async () => {
    const query = { ...RANGE, filter: null, pageSize: 5 };
    const first = await store.listTraces(query);
    const second = await store.listTraces({ ...query, pageToken: first.nextPageToken ?? '' });
    await insert(spanWith({ traceId: id(901), startUnixNano: BASE + 24n * HOUR - 1n }));
    const again = await store.listTraces({ ...query, pageToken: first.nextPageToken ?? '' });
    expect(again.traces).toEqual(second.traces);
    await store.deleteTrace({ projects: 'all', traceId: id(901) });
  });

  it('shows a trace whose root is late first without, then with it', async () => {
    const startUnixNano = BASE + 23n * HOUR;
    await insert(spanWith({ traceId: id(902), spanId: id(2, 16), parentSpanId: id(1, 16), startUnixNano }));
    const before = await store.listTraces({ ...RANGE, filter: null, pageSize: 1 });
    expect(before.traces[0]).toMatchObject({ traceId: id(902), root: null, startUnixNano, spanCount: 1 });
    await insert(spanWith({ traceId: id(902), spanId: id(1, 16), startUnixNano: startUnixNano - SECOND }));
    const after = await store.listTraces({ ...RANGE, filter: null, pageSize: 1 });
    expect(after.traces[0]).toMatchObject({
      traceId: id(902),
      root: { spanId: id(1, 16) },
      spanCount: 2,
      startUnixNano: startUnixNano - SECOND,
    });
    await store.deleteTrace({ projects: 'all', traceId: id(902) });
  });

  it('pages by name through traces with several spans without parent', async () => {
    const startUnixNano = BASE + 30n * HOUR;
    const traceIds = [910, 911, 912].map((number) => id(number));
    const roots = traceIds.flatMap((traceId, trace) =>
      ['a', 'z'].map((name, index) =>
        spanWith({
          traceId,
          spanId: id(trace * 2 + index + 1, 16),
          name,
          startUnixNano: startUnixNano + BigInt(index),
        }),
      ),
    );
    await insert(...roots);
    const range = { ...RANGE, startUnixNano, endUnixNano: startUnixNano + SECOND };
    const seen: string[] = [];
    let pageToken: string | null | undefined;
    do {
      const query = { ...range, filter: null, orderBy: 'name' as const, pageSize: 1 };
      const page = await store.listTraces({ ...query, ...(pageToken && { pageToken }) });
      seen.push(...page.traces.map(({ traceId }) => traceId));
      pageToken = page.nextPageToken;
    } while (pageToken !== null && seen.length < 9);
    expect(seen).toEqual(traceIds);
  });

  it('shows only what the projects allow', async () => {
    expect(
      (await store.listTraces({ ...RANGE, projects: ['p2'], filter: null, pageSize: 5 })).traces,
    ).toEqual([]);
    expect((await store.listTraces({ ...RANGE, projects: [], filter: null, pageSize: 5 })).traces).toEqual(
      [],
    );
    expect(
      (await store.listTraces({ ...RANGE, projects: ['p1', 'p2'], filter: null, pageSize: 5 })).traces,
    ).toHaveLength(5);
    expect(await store.getTrace({ projects: ['p2'], traceId: id(1) })).toBeNull();
  });

  it('refuses a page token that is damaged or of another query', async () => {
    const query = { ...RANGE, filter: null, pageSize: 5 };
    const { nextPageToken } = await store.listTraces(query);
    const pageToken = nextPageToken ?? '';
    const refused = { code: 'INVALID_PAGE_TOKEN' };
    await expect(store.listTraces({ ...query, pageToken: 'x' })).rejects.toMatchObject(refused);
    await expect(store.listTraces({ ...query, pageToken, filter: even })).rejects.toMatchObject(refused);
    await expect(store.listTraces({ ...query, pageToken, projects: ['p1'] })).rejects.toMatchObject(refused);
  });

  it('answers what it found in time and says that there may be more', async () => {
    const hurried = await TraceStore.open({
      url: GIVEN_URL ?? engine?.url ?? '',
      ...GIVEN_CLUSTER,
      database: `list_${process.pid}`,
      limits: { timeoutMs: 0 },
    });
    for (const orderBy of ['start desc', 'duration'] as const) {
      const answer = await hurried.listTraces({ ...RANGE, filter: null, orderBy, pageSize: 5 });
      expect(answer).toEqual({ traces: [], nextPageToken: null, partial: { reason: 'time' } });
    }
    await hurried.close();
  });

  it('stops when the caller does', async () => {
    const signal = AbortSignal.abort();
    await expect(store.listTraces({ ...RANGE, filter: null, pageSize: 5, signal })).rejects.toMatchObject({
      code: 'QUERY_CANCELLED',
    });
  });
});

describe('getTrace', () => {
  it('keeps a copy that differs in an attribute, and not one that differs in nothing', async () => {
    const span = spanWith({ traceId: id(903), startUnixNano: BASE + 26n * HOUR });
    await insert(span, { ...span, attributes: new Map([['attempt', 2n]]) });
    await insert(span);
    const trace = await store.getTrace({ projects: 'all', traceId: id(903) });
    expect(trace?.spans.map(({ attributes }) => attributes.size).sort()).toEqual([0, 1]);
  });

  it('cuts a trace past the limit and says so', async () => {
    const result = await store.getTrace({ projects: 'all', traceId: id(1), maxSpans: 1 });
    expect(result?.spans).toHaveLength(1);
    expect(result?.partial).toEqual({ reason: 'limit' });
  });
});
