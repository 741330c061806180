import { encodeOtlpJson, type Span } from '@utxoiq/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { T0 } from './fake-minutes.ts';
import { makeSpan } from './memory-source.ts';
import { type RealBackend, startRealBackend } from './real-backend.ts';

let backend: RealBackend;
let admin: string;
let minute = T0;

/** Of `api`: 30 requests a minute, of 1 s; a third of them fails from T0 on, and then nothing comes from T0 + 10 on. */
function spans(): Span[] {
  return Array.from({ length: 20 * 30 }, (_, index) => {
    const at = T0 - 10 + Math.floor(index / 30);
    const startUnixNano = BigInt(at) * 60_000_000_000n + BigInt(index);
    return makeSpan({
      traceId: (index + 1).toString(16).padStart(32, '0'),
      spanId: (index + 1).toString(16).padStart(16, '0'),
      kind: 2,
      startUnixNano,
      endUnixNano: startUnixNano + 1_000_000_000n,
      status: { code: at >= T0 && index % 3 === 0 ? 2 : 0, message: '' },
      resource: { attributes: new Map([['service.name', 'api']]), droppedAttributesCount: 0, schemaUrl: '' },
    });
  });
}

beforeAll(async () => {
  backend = await startRealBackend({ now: () => minute * 60_000 + 31_000 });
  admin = await backend.token({ roles: ['admin'] });
  const sent = await fetch(`${backend.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(encodeOtlpJson(spans())),
  });
  expect(sent.status).toBe(200);
  await vi.waitUntil(() => backend.collector.stats().storedSpans === 600, { timeout: 60_000 });
}, 120_000);
afterAll(() => backend[Symbol.asyncDispose]());

const ask = async (path: string, body?: object) =>
  (
    await backend.app.inject({
      method: body === undefined ? 'GET' : 'POST',
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${admin}` },
      ...(body === undefined ? {} : { payload: body }),
    })
  ).json();

describe('alerts over the real engine', () => {
  it('fire by their rules, and lead to the traces that made them', async () => {
    for (const at of [0, 3, 5, 6]) {
      minute = T0 + at;
      await backend.alerts.evaluate();
    }
    const { alerts } = await ask('/alerts?state=firing');
    expect(alerts).toMatchObject([
      { rule: 'High error rate', service: 'api', count: 150, value_text: '33.3 %', failure: null },
    ]);
    const link = new URL(alerts[0].link, 'http://viewer').searchParams;
    const range = `start_time=${link.get('from')}&end_time=${link.get('to')}`;
    const filter = `language=query&filter_str=${encodeURIComponent(link.get('q') ?? '')}`;
    const found = await ask(`/monitoring/traces?${range}&${filter}&page_size=1000`);
    expect(found).toHaveLength(60); // a third of six minutes
    expect(found.every((trace: { error_count: number }) => trace.error_count === 1)).toBe(true);
  });

  it.each([
    ['the rollup', {}],
    ['the spans, for roots', { spans: 'roots' }],
    ['the spans, for a filter', { filter_str: 'duration>0s', group_by: 'none' }],
  ])('are previewed from %s', async (_, changes) => {
    minute = T0 + 20;
    const slow = { name: 'Slow', signal: 'latency', percentile: 90, threshold: 900, ...changes };
    const { fired, shown } = await ask('/alerts/preview', slow);
    expect(fired).toBe(1);
    const values = shown[0].values.filter((value: number | null) => value !== null);
    expect(values).toHaveLength(24); // 20 minutes with spans, seen by windows of 5
    for (const value of values) expect(Math.abs(value / 1000 - 1)).toBeLessThan(0.046);
  });

  it('tell of a service that sends no more', async () => {
    minute = T0 + 40;
    const missing = { name: 'Gone', signal: 'missing_data', threshold: 15, min_count: 500, spans: 'all' };
    expect(await ask('/alerts/preview', missing)).toMatchObject({
      fired: 1,
      shown: [
        {
          service: 'api',
          episodes: [{ start_time: new Date((T0 + 25) * 60_000).toISOString(), end_time: null }],
        },
      ],
    });
  });
});
