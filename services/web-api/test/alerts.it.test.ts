import { encodeOtlpJson, type Span } from '@utxoiq/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AskedRoute, everyRoute, type Target } from './every-route.ts';
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

describe('a token of one project', () => {
  const traceId = 'b'.repeat(32);
  const headers = async (projects?: readonly string[]) => ({
    authorization: `Bearer ${await backend.token({ roles: ['admin'], ...(projects === undefined ? {} : { projects }) })}`,
  });
  const at = (minutes: number) => new Date((T0 + minutes) * 60_000).toISOString();
  /** What a question about it by name is answered with, where there is none. */
  const asked = '"key":"secret.key","values":[]';
  let target: Target;

  /** Two services of project b, all of whose names say that they are secret, and one span of project a. */
  beforeAll(async () => {
    const span = (id: number, project: string, changes: Partial<Span>) => {
      const startUnixNano = BigInt(T0 + 60) * 60_000_000_000n + BigInt(id);
      const service = project === 'proj-b' ? `secret-service-${id}` : 'a-service';
      const resource = new Map([
        ['service.name', service],
        ['gcp.project_id', project],
      ]);
      return makeSpan({
        kind: 2,
        spanId: id.toString(16).padStart(16, '0'),
        startUnixNano,
        endUnixNano: startUnixNano + BigInt(id) * 1_000_000n,
        status: { code: 2, message: '' },
        resource: { attributes: resource, droppedAttributesCount: 0, schemaUrl: '' },
        ...changes,
      });
    };
    const secret = { traceId, name: 'secret name', attributes: new Map([['secret.key', 'secret value']]) };
    const sent = await fetch(`${backend.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        encodeOtlpJson([
          span(1, 'proj-b', secret),
          span(2, 'proj-b', { ...secret, parentSpanId: '1'.padStart(16, '0') }),
          span(3, 'proj-a', { traceId: 'a'.repeat(32), name: 'open' }),
        ]),
      ),
    });
    expect(sent.status).toBe(200);
    await vi.waitUntil(() => backend.collector.stats().storedSpans === 603, { timeout: 60_000 });
    const watched = { name: 'secret rule', signal: 'error_rate', threshold: 5, projects: ['proj-b'] };
    const { id: ruleId } = await ask('/alerts/rules', { ...watched, min_count: 1 });
    minute = T0 + 61;
    await backend.alerts.evaluate();
    target = {
      project: 'proj-b',
      traceId,
      spanId: '1'.padStart(16, '0'),
      ruleId,
      start: at(59),
      end: at(62),
    };
  });

  it('sees and changes nothing of another, by no route of the API', async () => {
    const { paths } = (await backend.app.inject('/openapi.json')).json();
    const operations = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = everyRoute(target);
    expect(Object.keys(routes).sort()).toEqual(operations.sort());
    const [all, mine] = [await headers(), await headers(['proj-a'])];
    const check = async ([kind, request]: AskedRoute) => {
      const where = `${request.method} ${request.url}`;
      const answer = await backend.app.inject({ ...request, headers: mine });
      const told = JSON.stringify(answer.headers) + answer.body.replace(asked, '');
      expect.soft(told, where).not.toMatch(/secret/);
      if (kind === 'guarded') expect.soft(`${where} ${answer.statusCode}`).toMatch(/ (403|404|204)$/);
      if (kind !== 'reads') return;
      const whole = await backend.app.inject({ ...request, headers: all });
      expect.soft([where, whole.statusCode, whole.body !== answer.body]).toEqual([where, 200, true]);
    };
    await Promise.all(Object.values(routes).flat().map(check));
    const after = await backend.app.inject({
      url: `/api/v1/monitoring/traces/${traceId}`,
      headers: all,
    });
    expect(after.json().span_count).toBe(2);
    expect(backend.alerts.rule(target.ruleId)).toMatchObject({
      silencedUntilMs: null,
      rule: { name: 'secret rule' },
    });
  });

  it('gets nothing by the page token of another', async () => {
    const list = `/api/v1/monitoring/spans?start_time=${target.start}&end_time=${target.end}&page_size=1`;
    const [all, mine] = [await headers(), await headers(['proj-a'])];
    const first = await backend.app.inject({ url: list, headers: all });
    const next = /<([^>]*)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? '';
    expect((await backend.app.inject({ url: next, headers: all })).statusCode).toBe(200);
    const other = await backend.app.inject({ url: next, headers: mine });
    expect(other.json()).toMatchObject({ status: 400, field: 'page_token' });
  });
});
