import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import type { Filter, Span } from '@utxoiq/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from '../src/clickhouse/connection.ts';
import { SpanBlock, SpanRows, TraceStore } from '../src/index.ts';
import { inKnownMinutes, startsIn } from '../src/read/look-around.ts';
import { SqlParameters } from '../src/read/sql-parameters.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';
import { spanWith } from './span-with.ts';

const BASE = 1_795_000_000_000_000_000n;
const MILLI = 1_000_000n;
const TRACES = 150;
/** More spans than a statement of the list gives out. */
const LARGE = 10_500;
const RANGE = { startUnixNano: BASE, endUnixNano: BASE + 3_600_000n * MILLI };
const id = (number: number, digits = 32): string => number.toString(16).padStart(digits, '0');
const traceDuration = (ms: number): Filter => ({
  type: 'trace-duration',
  op: '>=',
  nanos: BigInt(ms) * MILLI,
});
const late: Filter = { type: 'attribute', scope: 'any', key: 'late', op: '=', value: 'yes' };
const ofService: Filter = { type: 'field', scope: 'any', field: 'service', op: '=', value: 's' };
const all = (...terms: Filter[]): Filter => ({ type: 'and', terms });

// 150 traces that overlap within two seconds, so that every search finds more than it may look at: trace n starts
// n * 10 ms after the first, and every third one's last span, up to a second later, is the one with the attribute.
const lengthMs = (trace: number): number => 1 + ((trace * 37) % 1000);
function spansOf(trace: number): Span[] {
  const startUnixNano = BASE + BigInt(trace) * 10n * MILLI;
  const end = startUnixNano + BigInt(lengthMs(trace)) * MILLI;
  const of = (span: number, at: bigint, attributes: Span['attributes']) =>
    spanWith({
      traceId: id(trace),
      spanId: id(trace * 10 + span, 16),
      name: span === 1 ? `GET ${trace % 2}` : 'op',
      ...(span > 1 && { parentSpanId: id(trace * 10 + 1, 16) }),
      startUnixNano: at,
      endUnixNano: at + MILLI / 2n,
      attributes,
    });
  return [
    of(1, startUnixNano, new Map()),
    of(2, end - MILLI / 2n, new Map(trace % 3 === 0 ? [['late', 'yes']] : [])),
  ];
}

describe('the newest traces of a crowd', () => {
  let engine: TemporaryEngine | undefined;
  let store: TraceStore;
  beforeAll(async () => {
    engine = await startTemporaryEngine();
    const url = GIVEN_URL ?? engine.url;
    store = await TraceStore.open({ url, ...GIVEN_CLUSTER, database: `newest_${process.pid}` });
    const block = new SpanBlock();
    const rows = new SpanRows();
    for (let trace = 1; trace <= TRACES; trace++) for (const span of spansOf(trace)) block.add(rows.of(span));
    await store.insertBlock(block, { token: 'crowd' });
  });
  afterAll(async () => {
    await store.close();
    await engine?.stop();
  });

  async function pages(filter: Filter | null, pageSize: number, range = RANGE): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let pageToken: string | null = ''; pageToken !== null; ) {
      const query = {
        projects: 'all' as const,
        ...range,
        filter,
        pageSize,
        ...(pageToken !== '' && { pageToken }),
      };
      const page = await store.listTraces(query);
      expect(page.partial).toBeNull();
      ids.push(...page.traces.map(({ traceId }) => traceId));
      pageToken = page.nextPageToken;
    }
    return ids;
  }
  const expected = (isWanted: (trace: number) => boolean): readonly string[] =>
    Array.from({ length: TRACES }, (_, at) => TRACES - at)
      .filter(isWanted)
      .map((trace) => id(trace));

  it('come once each and in order, whatever is asked of their spans or of their duration', async () => {
    expect(await pages(null, 40)).toEqual(expected(() => true));
    expect(await pages(late, 9)).toEqual(expected((trace) => trace % 3 === 0));
    expect(await pages(traceDuration(500), 20)).toEqual(expected((trace) => lengthMs(trace) >= 500));
    expect(await pages(all(late, traceDuration(900)), 3)).toEqual(
      expected((trace) => trace % 3 === 0 && lengthMs(trace) >= 900),
    );
    const oddRoot: Filter = { type: 'field', scope: 'root', field: 'name', op: 'prefix', value: 'GET 1' };
    expect(await pages(all(late, ofService, { type: 'not', term: oddRoot }), 12)).toEqual(
      expected((trace) => trace % 6 === 0),
    );
  });

  it('are found once by spans after the range and in it, whatever else starts there', async () => {
    const endUnixNano = BASE + 750n * MILLI;
    const found = async (filter: Filter) => {
      const { traces } = await store.listTraces({
        projects: 'all',
        ...RANGE,
        endUnixNano,
        filter,
        pageSize: 80,
      });
      return traces.map(({ traceId }) => traceId);
    };
    const isInRange = (trace: number) => trace * 10 <= 750;
    expect(await found(late)).toEqual(expected((trace) => isInRange(trace) && trace % 3 === 0));
    expect(await found(ofService)).toEqual(expected(isInRange));
  });

  it('come once each and in order, however many start in one instant', async () => {
    const block = new SpanBlock();
    const rows = new SpanRows();
    const startUnixNano = BASE - 60_000n * MILLI;
    const ids = Array.from({ length: 300 }, (_, at) => id(20_000 + at));
    for (const traceId of ids) {
      for (const span of [1, 2]) {
        const start = startUnixNano + BigInt(span - 1) * MILLI;
        block.add(
          rows.of(spanWith({ traceId, spanId: id(span, 16), startUnixNano: start, name: `op${span}` })),
        );
      }
    }
    await store.insertBlock(block, { token: 'instant' });
    const range = { startUnixNano: startUnixNano - 1n, endUnixNano: startUnixNano + 5n * MILLI };
    const name = (value: string): Filter => ({ type: 'field', scope: 'any', field: 'name', op: '=', value });
    const notAll: Filter = { type: 'not', term: name('op3') };
    for (const filter of [null, name('op2'), notAll, all(name('op1'), notAll)]) {
      expect(await pages(filter, 50, range)).toEqual(ids.toReversed());
    }
  });

  it('are the newest although far more spans came than the last list lets expect', async () => {
    const began = BASE - 600_000n * MILLI;
    const insert = async (token: string, count: number, start: (at: number) => bigint): Promise<void> => {
      const block = new SpanBlock();
      const rows = new SpanRows();
      for (let at = 0; at < count; at++) {
        block.add(
          rows.of(spanWith({ traceId: id(50_000 + at), spanId: id(1, 16), startUnixNano: start(at) })),
        );
      }
      await store.insertBlock(block, { token });
    };
    const newest = async (endUnixNano: bigint): Promise<readonly string[]> => {
      const range = { startUnixNano: began, endUnixNano };
      const { traces } = await store.listTraces({ projects: 'all', ...range, filter: null, pageSize: 3 });
      return traces.map(({ traceId }) => traceId);
    };
    await insert('few', 10, (at) => began + BigInt(at) * MILLI);
    expect(await newest(began + 1000n * MILLI)).toEqual([9, 8, 7].map((at) => id(50_000 + at)));
    await insert('many', 4_500, (at) => began + 2000n * MILLI + BigInt(at) * 1000n);
    expect(await newest(began + 2005n * MILLI)).toEqual([4499, 4498, 4497].map((at) => id(50_000 + at)));
  });

  it('are looked for in the minutes that the rollup knows, where many spans are stored', async () => {
    const from = BASE - 36_000_000n * MILLI;
    const minute = 60_000n * MILLI;
    const block = new SpanBlock();
    const rows = new SpanRows();
    const add = (trace: number, span: number, startUnixNano: bigint, lasts = 1n) =>
      block.add(
        rows.of(
          spanWith({
            traceId: id(trace),
            spanId: id(span, 16),
            startUnixNano,
            endUnixNano: startUnixNano + lasts,
          }),
        ),
      );
    add(70_001, 1, from - 25n * minute);
    add(70_001, 2, from + 1n);
    add(70_001, 3, from + 50n * minute);
    add(70_001, 4, from - 90n * minute);
    add(70_002, 1, from - 20n * minute, 2n ** 62n);
    add(70_002, 2, from + 2n);
    add(70_003, 1, from - 25n * minute);
    await store.insertBlock(block, { token: 'minutes' });
    const window = { from, to: from + minute };
    const params = new SqlParameters();
    const ids = `SELECT trace_id FROM spans AS matching WHERE ${startsIn(window, params)}`;
    const known = { window, end: from + 100n * minute, ids };
    const connection = new Connection({
      url: GIVEN_URL ?? (engine as TemporaryEngine).url,
      database: `newest_${process.pid}`,
      // As the store asks: the replica that took the writes.
      settings: { distributed_product_mode: 'local', enable_analyzer: 0, load_balancing: 'in_order' },
    });
    const found = await connection.query({
      sql: `SELECT trace_id, span_id FROM spans PREWHERE ${inKnownMinutes(known, params)} AND trace_id IN (${ids})`,
      params: params.values,
    });
    await connection.close();
    const spanIds = found.column('span_id');
    const spans = Array.from(found.column('trace_id'), (traceId, row) => `${traceId} ${spanIds[row]}`);
    const span = (trace: number, number: number) => `${id(trace)} ${id(number, 16)}`;
    expect(spans.sort()).toEqual([
      span(70_001, 1),
      span(70_001, 2),
      span(70_001, 3),
      span(70_002, 1),
      span(70_002, 2),
    ]);
  });

  it('come whole if one of them is very large', async () => {
    const block = new SpanBlock();
    const rows = new SpanRows();
    const startUnixNano = BASE + 3_500n * MILLI;
    for (let span = 1; span <= LARGE; span++) {
      block.add(rows.of(spanWith({ traceId: id(9999), spanId: id(span, 16), startUnixNano })));
    }
    await store.insertBlock(block, { token: 'large' });
    const { traces } = await store.listTraces({ projects: 'all', ...RANGE, filter: null, pageSize: 2 });
    expect(traces.map(({ traceId, spanCount }) => [traceId, spanCount])).toEqual([
      [id(9999), LARGE],
      [id(TRACES), 2],
    ]);
  });
});
