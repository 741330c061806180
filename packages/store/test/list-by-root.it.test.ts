import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { type Filter, matchesTrace, type Span, type TraceOrder, type TraceSummary } from '@utxoiq/model';
import * as fc from 'fast-check';
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
  if (number === 13)
    return [root, child, ...Array.from({ length: 60 }, (_, more) => laterRoot(second, more))];
  return number % 5 === 0 ? [root, child, second] : [root, child];
}

const laterRoot = (span: Span, more: number): Span => ({
  ...span,
  spanId: id(10_000 + more, 16),
  endUnixNano: span.endUnixNano + BigInt(more) * SECOND,
});

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

async function pages(
  orderBy: TraceOrder,
  filter: Filter | null,
  { pageSize, most = 70 }: { pageSize: number; most?: number },
): Promise<string[]> {
  const found: string[] = [];
  for (let pageToken: string | null | undefined; pageToken !== null && found.length < most; ) {
    const page = await store.listTraces({
      ...RANGE,
      filter,
      orderBy,
      orderOf: 'root',
      pageSize,
      ...(pageToken && { pageToken }),
    });
    expect(page.partial).toBeNull();
    found.push(...page.traces.map(({ traceId }) => traceId));
    pageToken = page.nextPageToken;
  }
  return found;
}

/** The slow, obvious list. */
function expected(orderBy: TraceOrder, filter: Filter | null): string[] {
  const keyOf = ({ root, startUnixNano, endUnixNano }: TraceSummary): bigint => {
    const times = root ?? { startUnixNano, endUnixNano };
    return times.endUnixNano - times.startUnixNano;
  };
  const sign = orderBy.endsWith('desc') ? -1 : 1;
  return traces
    .filter((spans) => matchesTrace(filter, spans))
    .map((spans) => summarize(spans as [Span, ...Span[]]))
    .sort((a, b) => {
      const [x, y] = [keyOf(a), keyOf(b)];
      return sign * (x < y ? -1 : x > y ? 1 : a.traceId < b.traceId ? -1 : 1);
    })
    .map(({ traceId }) => traceId);
}

describe("listTraces by the root's duration", () => {
  const even = { type: 'attribute', scope: 'any', key: 'half', op: '=', value: 'even' } as const;

  it.each(['duration', 'duration desc'] as const)('pages by %s', async (orderBy) => {
    for (const filter of [null, even]) {
      expect(await pages(orderBy, filter, { pageSize: 24 })).toEqual(expected(orderBy, filter));
    }
  });

  const seconds = fc.constantFrom(0n, 3n, 5n, 8n, 40n, 69n, 500n).map((number) => number * SECOND);
  const op = fc.constantFrom('=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const);
  const scope = fc.constantFrom('any' as const, 'root' as const);
  const leaf: fc.Arbitrary<Filter> = fc.oneof(
    fc.record({ type: fc.constant('trace-duration' as const), op, nanos: seconds }),
    fc.record({ type: fc.constant('span-duration' as const), scope, op, nanos: seconds }),
    fc.record({
      type: fc.constant('field' as const),
      scope,
      field: fc.constant('name' as const),
      op: fc.constant('=' as const),
      value: fc.constantFrom('root', '', 'nobody'),
    }),
    scope.map((of): Filter => ({ ...even, scope: of })),
    fc.constant<Filter>({ type: 'field', scope: 'any', field: 'span-id', op: '=', value: id(231, 16) }),
  );
  const term = fc.oneof(
    { weight: 4, arbitrary: leaf },
    leaf.map((of): Filter => ({ type: 'not', term: of })),
    leaf.map((of): Filter => ({ type: 'same-span', term: of })),
    fc.tuple(leaf, leaf).map((terms): Filter => ({ type: 'or', terms })),
  );
  const filter = fc
    .array(term, { minLength: 1, maxLength: 3 })
    .map((terms): Filter => ({ type: 'and', terms }));

  it('finds with any filter what the slow way finds, in its order', async () => {
    const orderBy = fc.constantFrom('duration' as const, 'duration desc' as const);
    await fc.assert(
      fc.asyncProperty(filter, orderBy, fc.constantFrom(1, 3, 30), async (asked, order, pageSize) => {
        const most = pageSize * 3;
        const found = await pages(order, asked, { pageSize, most });
        expect(found).toEqual(expected(order, asked).slice(0, most));
      }),
      {
        numRuns: 15,
        examples: [[{ type: 'trace-duration', op: '>=', nanos: 40n * SECOND }, 'duration', 30]],
      },
    );
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
