import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import type { Filter, Span, TraceOrder, TraceSummary } from '@utxoiq/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpanBlock, SpanRows, TraceStore } from '../src/index.ts';
import { summarize } from '../src/read/summarize.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';
import { spanWith } from './span-with.ts';

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const BASE = 1_700_000_000n * SECOND;
const id = (number: number, digits = 32) => number.toString(16).padStart(digits, '0');
const RANGE = { projects: 'all' as const, startUnixNano: BASE, endUnixNano: BASE + 1000n * MINUTE };

let engine: Awaited<ReturnType<typeof startTemporaryEngine>> | null;
let store: TraceStore;
const traces: Span[][] = [];

/** 70 traces over 12 hours. In some the child starts before the root, in some there are two roots, or none. */
function traceAt(number: number): Span[] {
  const traceId = id(number);
  const start = BASE + BigInt((number * 37) % 70) * 10n * MINUTE;
  const span = (place: number, change: Partial<Span>) =>
    spanWith({
      traceId,
      spanId: id(number * 10 + place, 16),
      startUnixNano: start,
      attributes: new Map([['half', number % 2 === 0 ? 'even' : 'odd']]),
      ...change,
    });
  const root = span(1, {
    startUnixNano: start + BigInt(number % 3) * SECOND,
    endUnixNano: start + BigInt(number % 3) * SECOND + BigInt(number % 11) * SECOND,
    name: number % 10 === 9 ? '' : 'root',
  });
  const parentSpanId = number % 7 === 0 ? id(1, 16) : root.spanId;
  const child = span(2, { parentSpanId, endUnixNano: start + BigInt(70 - number) * SECOND });
  if (number % 7 === 0) return [child];
  const second = span(3, { startUnixNano: start + 90n * SECOND, endUnixNano: start + 500n * SECOND });
  return number % 5 === 0 ? [root, child, second] : [root, child];
}

beforeAll(async () => {
  engine = GIVEN_URL === undefined ? await startTemporaryEngine() : null;
  store = await TraceStore.open({
    url: GIVEN_URL ?? engine?.url ?? '',
    ...GIVEN_CLUSTER,
    database: `root_${process.pid}`,
  });
  for (let number = 1; number <= 70; number++) traces.push(traceAt(number));
  const block = new SpanBlock();
  const rows = new SpanRows();
  for (const span of traces.flat()) block.add(rows.of(span));
  await store.insertBlock(block, { token: 'all' });
});
afterAll(async () => {
  await store.close();
  await engine?.stop();
});

async function allPages(orderBy: TraceOrder, filter: Filter | null): Promise<TraceSummary[]> {
  const found: TraceSummary[] = [];
  for (let pageToken: string | null | undefined; pageToken !== null; ) {
    const page = await store.listTraces({
      ...RANGE,
      filter,
      orderBy,
      orderOf: 'root',
      pageSize: 24,
      ...(pageToken && { pageToken }),
    });
    expect(page.partial).toBeNull();
    found.push(...page.traces);
    pageToken = page.nextPageToken;
  }
  return found;
}

/** The slow, obvious list. */
function expected(orderBy: TraceOrder, filter: 'even' | null): string[] {
  const keyOf = ({ root, startUnixNano, endUnixNano }: TraceSummary): bigint => {
    const times = root ?? { startUnixNano, endUnixNano };
    return times.endUnixNano - times.startUnixNano;
  };
  const sign = orderBy.endsWith('desc') ? -1 : 1;
  return traces
    .filter(([first]) => filter === null || first?.attributes.get('half') === filter)
    .map((spans) => summarize(spans as [Span, ...Span[]]))
    .sort((a, b) => {
      const [x, y] = [keyOf(a), keyOf(b)];
      return sign * (x < y ? -1 : x > y ? 1 : a.traceId < b.traceId ? -1 : 1);
    })
    .map(({ traceId }) => traceId);
}

describe("listTraces by the root's duration", () => {
  const even: Filter = { type: 'attribute', scope: 'any', key: 'half', op: '=', value: 'even' };

  it.each(['duration', 'duration desc'] as const)('pages by %s', async (orderBy) => {
    const ids = async (filter: Filter | null) =>
      (await allPages(orderBy, filter)).map(({ traceId }) => traceId);
    expect(await ids(null)).toEqual(expected(orderBy, null));
    expect(await ids(even)).toEqual(expected(orderBy, 'even'));
  });

  it.each(['start desc', 'duration', 'name', 'trace_id'] as const)(
    'has no need of times: by %s',
    async (orderBy) => {
      const query = {
        projects: 'all',
        startUnixNano: 0n,
        endUnixNano: 2n ** 63n - 1n,
        filter: null,
      } as const;
      const ids = async (range: object, orderOf: 'root' | 'trace') => {
        const page = await store.listTraces({ ...query, ...range, orderBy, orderOf, pageSize: 80 });
        return page.traces.map(({ traceId }) => traceId);
      };
      for (const orderOf of ['root', 'trace'] as const) {
        expect(await ids({}, orderOf)).toEqual(await ids(RANGE, orderOf));
        expect(await ids({}, orderOf)).toHaveLength(70);
      }
    },
  );

  it('takes no token of the other order, and lists a range as the other order does', async () => {
    const query = { ...RANGE, filter: null, orderBy: 'duration', pageSize: 9 } as const;
    const { nextPageToken } = await store.listTraces(query);
    await expect(
      store.listTraces({ ...query, orderOf: 'root', pageToken: nextPageToken ?? '' }),
    ).rejects.toMatchObject({ code: 'INVALID_PAGE_TOKEN' });
    const part = {
      ...RANGE,
      startUnixNano: BASE + 100n * MINUTE,
      endUnixNano: BASE + 300n * MINUTE,
      filter: null,
      pageSize: 100,
    };
    const ids = async (orderOf: 'root' | 'trace') => {
      const page = await store.listTraces({ ...part, orderBy: 'duration', orderOf });
      return page.traces.map(({ traceId }) => traceId).toSorted();
    };
    expect(await ids('root')).toEqual(await ids('trace'));
    const nobody: Filter = { ...even, value: 'nobody' };
    expect((await store.listTraces({ ...part, filter: nobody, orderOf: 'root' })).traces).toEqual([]);
  });
});
