import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import type { Filter, Span } from '@utxoiq/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpanBlock, SpanRows, TraceStore } from '../src/index.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';
import { spanWith } from './span-with.ts';

const BASE = 1_795_000_020_000_000_000n; // a whole minute
const MINUTE = 60_000_000_000n;
const MS = 1_000_000n;
const RANGE = { projects: 'all', startUnixNano: BASE, endUnixNano: BASE + 10n * MINUTE - 1n } as const;
const resource = (service: string): Span['resource'] => ({
  attributes: new Map([['service.name', service]]),
  droppedAttributesCount: 0,
  schemaUrl: '',
});

/** Each minute 10 calls from `web` to `api`, of 1 to 10 ms; the slowest fails and comes from region `far`. */
function spans(): Span[] {
  return Array.from({ length: 100 }, (_, index) => {
    const call = (index % 10) + 1;
    const startUnixNano = BASE + BigInt(Math.floor(index / 10)) * MINUTE + BigInt(call) * MS;
    const traceId = (index + 1).toString(16).padStart(32, '0');
    const shared = { traceId, startUnixNano, endUnixNano: startUnixNano + BigInt(call) * MS };
    return [
      spanWith({ ...shared, spanId: '000000000000000a', name: 'page', kind: 2, resource: resource('web') }),
      spanWith({
        ...shared,
        spanId: '000000000000000b',
        parentSpanId: '000000000000000a',
        name: 'answer',
        resource: resource('api'),
        attributes: new Map([['region', call === 10 ? 'far' : 'near']]),
        status: { code: call === 10 ? 2 : 0, message: '' },
      }),
    ];
  }).flat();
}

describe('analysis', () => {
  let engine: TemporaryEngine | undefined;
  let store: TraceStore;
  const api: Filter = { type: 'field', scope: 'any', field: 'service', op: '=', value: 'api' };
  const far: Filter = { type: 'attribute', scope: 'any', key: 'region', op: '=', value: 'far' };
  const near = (value: number, milliseconds: number): boolean =>
    Math.abs(value / 1e6 / milliseconds - 1) < 0.1;

  beforeAll(async () => {
    engine = await startTemporaryEngine();
    const url = GIVEN_URL ?? engine.url;
    store = await TraceStore.open({
      url,
      ...GIVEN_CLUSTER,
      database: `analysis_${process.pid}`,
      limits: { completionMs: 60_000 }, // or counts would depend on how busy the machine is
    });
    const block = new SpanBlock();
    const rows = new SpanRows();
    for (const span of spans()) block.add(rows.of(span));
    await store.insertBlock(block, { token: 'a' });
    await store.insertBlock(block, { token: 'a' });
  });
  afterAll(async () => {
    await store.close();
    await engine?.stop();
  });

  it('has rate, errors and percentiles per service and operation, a repeated block counted once', async () => {
    const services = await store.services(RANGE);
    expect(services.map(({ service, count, errors }) => [service, count, errors]).toSorted()).toEqual([
      ['api', 100, 10],
      ['web', 100, 0],
    ]);
    expect(near(services[0]?.p99 ?? 0, 10)).toBe(true);
    const [operation] = await store.operations({ ...RANGE, service: 'api' });
    expect(operation).toMatchObject({ service: 'api', operation: 'answer', kind: 2, count: 100, errors: 10 });
  });

  it('counts for each service and operation only what the filter wants', async () => {
    const failed: Filter = { type: 'field', scope: 'any', field: 'status', op: '=', value: 'error' };
    expect(await store.services({ ...RANGE, filter: failed })).toMatchObject([
      { service: 'api', count: 10, errors: 10 },
    ]);
    expect(await store.operations({ ...RANGE, service: 'api', filter: failed })).toMatchObject([
      { operation: 'answer', count: 10, errors: 10 },
    ]);
    expect(await store.operations({ ...RANGE, service: 'web', filter: failed })).toEqual([]);
  });

  it('gives the same series from the rollup, from the spans and without percentiles', async () => {
    const query = { ...RANGE, groupBy: 'service', buckets: 10 } as const;
    const rollup = await store.timeseries({ ...query, filter: api });
    const scanned = await store.timeseries({
      ...query,
      filter: { type: 'and', terms: [api, { type: 'span-duration', scope: 'any', op: '>', nanos: 0n }] },
    });
    const counts = await store.timeseries({ ...query, filter: api, percentiles: false });
    expect(scanned).toEqual(rollup);
    expect(rollup.bucketNanos).toBe(MINUTE);
    expect(rollup.series[0]?.points.map(({ count, errors }) => [count, errors])).toEqual(
      Array(10).fill([10, 1]),
    );
    expect(rollup.series[0]?.points[0]?.startUnixNano).toBe(BASE);
    expect(counts.series[0]?.points[0]).toEqual({
      startUnixNano: BASE,
      count: 10,
      errors: 1,
      p50: 0,
      p95: 0,
      p99: 0,
    });
  });

  it('counts minutes with their durations, the same from the rollup and from the spans', async () => {
    const query = { ...RANGE, groupBy: 'service' } as const;
    const rollup = await store.minutes({ ...query, filter: api });
    const scanned = await store.minutes({
      ...query,
      filter: { type: 'and', terms: [api, { type: 'span-duration', scope: 'any', op: '>', nanos: 0n }] },
    });
    expect(scanned).toEqual(rollup);
    const [series] = rollup.series;
    expect(series?.key).toBe('api');
    expect(series?.minutes.map(({ minute }) => minute)).toEqual(
      Array.from({ length: 10 }, (_, index) => Number(BASE / MINUTE) + index),
    );
    expect(series?.minutes[3]).toMatchObject({ count: 10, errors: 1 });
    const slowest = Math.max(...(series?.minutes[3]?.durations.keys() ?? []));
    expect([...(series?.minutes[3]?.durations.values() ?? [])].reduce((a, b) => a + b)).toBe(10);
    expect(near(slowest, 10)).toBe(true);
    const all = await store.minutes({ ...RANGE, filter: null, durations: false });
    expect(all.series).toMatchObject([{ key: '' }]);
    expect(all.series[0]?.minutes[9]).toMatchObject({ count: 20, errors: 1, durations: new Map() });
  });

  it('draws every span into one cell of the heatmap', async () => {
    const map = await store.heatmap({ ...RANGE, filter: api, timeBuckets: 10, durationBuckets: 8 });
    expect(map.cells.reduce((sum, { count }) => sum + count, 0)).toBe(100);
    expect(map.cells.reduce((sum, { errors }) => sum + errors, 0)).toBe(10);
    expect(map.durationEdges.length).toBeLessThanOrEqual(9);
    expect(near(map.durationEdges[0] ?? 0, 1)).toBe(true);
    const filtered = await store.heatmap({ ...RANGE, filter: far });
    expect(filtered.cells.every(({ count, errors }) => count === errors)).toBe(true);
  });

  it('counts values and keys', async () => {
    expect(
      await store.facets({ ...RANGE, filter: api, keys: ['service', 'status', 'region', 'none'] }),
    ).toEqual([
      { key: 'service', values: [{ value: 'api', count: 100 }], partial: null },
      {
        key: 'status',
        values: [
          { value: 'unset', count: 90 },
          { value: 'error', count: 10 },
        ],
        partial: null,
      },
      {
        key: 'region',
        values: [
          { value: 'near', count: 90 },
          { value: 'far', count: 10 },
        ],
        partial: null,
      },
      { key: 'none', values: [], partial: null },
    ]);
    expect(await store.attributeValues({ ...RANGE, key: 'region', prefix: 'f' })).toEqual([
      { value: 'far', count: 10 },
    ]);
    expect(await store.attributeKeys({ ...RANGE, prefix: 'r' })).toEqual([
      { key: 'region', on: 'span', type: 'string', count: 100 },
    ]);
    expect(await store.projects()).toEqual(['p1']);
  });

  it('finds who calls whom', async () => {
    const [call, ...others] = await store.dependencies(RANGE);
    expect(call).toMatchObject({ parent: 'web', child: 'api', count: 100, errors: 10 });
    expect(others).toEqual([]);
  });

  it('tells what the slow spans have in common', async () => {
    const result = await store.compare({
      ...RANGE,
      filter: api,
      selection: { ...RANGE, minDurationNanos: 10n * MS },
    });
    expect([result.selectedCount, result.baselineCount]).toEqual([10, 90]);
    expect(
      result.differences.slice(0, 4).map(({ key, value, selectedShare }) => [key, value, selectedShare]),
    ).toEqual([
      ['region', 'far', 1],
      ['region', 'near', 0],
      ['status', 'error', 1],
      ['status', 'unset', 0],
    ]);
  });

  it('outlines a trace and reads single spans of it', async () => {
    const traceId = '1'.padStart(32, '0');
    const outline = await store.outline({ projects: 'all', traceId });
    expect(outline).toMatchObject({ traceId, size: 2, names: ['page', 'answer'], services: ['web', 'api'] });
    expect([...(outline?.spanIds ?? [])]).toEqual([10n, 11n]);
    expect([...(outline?.parentSpanIds ?? [])]).toEqual([0n, 10n]);
    expect([...(outline?.durationNanos ?? [])]).toEqual([1e6, 1e6]);
    const [span, ...others] = await store.spans({ projects: 'all', traceId, spanIds: ['000000000000000b'] });
    expect(span?.name).toBe('answer');
    expect(others).toEqual([]);
  });

  it('outlines a span that ends before it starts without a duration', async () => {
    const traceId = 'beef'.padStart(32, '0');
    const block = new SpanBlock();
    const startUnixNano = RANGE.endUnixNano + MINUTE;
    block.add(new SpanRows().of(spanWith({ traceId, startUnixNano, endUnixNano: startUnixNano - 30n * MS })));
    await store.insertBlock(block, { token: 'backwards' });
    const outline = await store.outline({ projects: 'all', traceId });
    expect([...(outline?.startNanos ?? [])]).toEqual([0]);
    expect([...(outline?.durationNanos ?? [])]).toEqual([0]);
  });
});
