import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSpan, memorySource } from '../../test/memory-source.ts';
import { appForThisTest, startTestApp, type TestApp } from '../../test/test-app.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const other = 'ffffffffffffffffffffffffffffff01';
const range = 'start_time=2026-11-22T00:00:00Z&end_time=2026-11-23T00:00:00Z';
const base = '/api/v1/monitoring';

let test: TestApp;
let token: string;
beforeAll(async () => {
  const spans = [
    makeSpan(),
    makeSpan({ traceId: other, projectId: 'other-project', scope: { ...makeSpan().scope, name: 'x' } }),
  ];
  test = await startTestApp(memorySource(spans));
  token = await test.token();
});
afterAll(() => test[Symbol.asyncDispose]());

const get = (url: string, bearer = token) =>
  test.app.inject({ url, headers: { authorization: `Bearer ${bearer}` } });

describe('GET /traces/{trace_id}', () => {
  it('answers in the contract’s shape', async () => {
    const response = await get(`${base}/traces/${traceId.toUpperCase()}`);
    expect(response.statusCode).toBe(200);
    const body = response.json();
    expect(Object.keys(body).slice(0, 4)).toEqual(['trace_id', 'project_id', 'spans', 'span_count']);
    expect(body).toMatchObject({
      trace_id: traceId,
      project_id: 'utxoiq-local',
      span_count: 1,
      error_count: 0,
    });
    expect(body.spans[0]).toMatchObject({
      span_id: 'b7ad6b7169203331',
      name: 'GET /api/v1/insights',
      start_time: '2026-11-22T15:00:00.000000001Z',
      end_time: '2026-11-22T15:00:00.250000001Z',
      parent_span_id: null,
      status: { code: 0, message: '' },
      kind: 'server',
      service: 'web-api',
      duration_ms: 250,
    });
  });

  it('adds the older HTTP names to our own spans and leaves others as they came', async () => {
    const own = (await get(`${base}/traces/${traceId}`)).json().spans[0].attributes;
    expect(own).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'http.method': 'GET',
      'http.status_code': 200,
    });
    const foreign = (await get(`${base}/traces/${other}`)).json().spans[0].attributes;
    expect(foreign).toEqual({ 'http.request.method': 'GET', 'http.response.status_code': 200 });
  });

  it('gives OTLP/JSON, the outline and single spans', async () => {
    const otlp = (await get(`${base}/traces/${traceId}?format=otlp`)).json();
    expect(otlp.resourceSpans[0].scopeSpans[0].spans[0].spanId).toBe('b7ad6b7169203331');
    const outline = await get(`${base}/traces/${traceId}/outline`);
    expect(outline.headers['content-type']).toBe('application/octet-stream');
    expect(outline.rawPayload.length).toBeGreaterThan(40);
    const spans = (await get(`${base}/traces/${traceId}/spans?span_id=b7ad6b7169203331`)).json();
    expect(spans).toHaveLength(1);
    expect(spans[0].attributes).not.toHaveProperty('http.method');
  });

  it('answers 404 for an unknown trace', async () => {
    const response = await get(`${base}/traces/${'1'.repeat(32)}`);
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({ status: 404, code: 'NOT_FOUND', title: 'Not found' });
  });
});

describe('GET /traces', () => {
  it('lists, and leads to the next page by a Link header', async () => {
    const response = await get(`${base}/traces?${range}&page_size=1`);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject([{ trace_id: traceId, project_id: 'utxoiq-local', span_count: 1 }]);
    const link = String(response.headers.link);
    expect(link).toMatch(
      /^<\/api\/v1\/monitoring\/traces\?.*page_size=1.*&page_token=next%2Bpage>; rel="next"$/,
    );
    expect(link).toContain('start_time=2026-11-22T00%3A00%3A00Z');
  });
});

describe('bad input', () => {
  const filter = (text: string) => `${range}&filter_str=${encodeURIComponent(text)}`;
  it.each([
    ['traces/xyz', { field: 'trace_id', came: 'xyz', expected: '32 hexadecimal digits, not all zero' }],
    [`traces/${'0'.repeat(32)}`, { field: 'trace_id' }],
    [`traces/${traceId}?format=xml`, { field: 'format', came: 'xml', expected: 'one of json, otlp' }],
    [`traces/${traceId}/spans`, { field: 'span_id', expected: 'a value (it is required)' }],
    [`traces/${traceId}/spans?span_id=1`, { field: 'span_id', came: '1' }],
    ['traces?end_time=2026-11-23T00:00:00Z', { field: 'start_time', expected: 'a value (it is required)' }],
    ['traces?start_time=2026-11-23T00:00:00Z', { field: 'end_time' }],
    ['traces?start_time=yesterday&end_time=2026-11-23T00:00:00Z', { field: 'start_time', came: 'yesterday' }],
    [
      'traces?start_time=2026-11-22T00:00:00+02:00&end_time=2026-11-23T00:00:00Z',
      { field: 'start_time', expected: expect.stringContaining('%2B') },
    ],
    [
      'traces?start_time=2026-11-23T00:00:00Z&end_time=2026-11-22T00:00:00Z',
      { field: 'end_time', came: '2026-11-22T00:00:00Z' },
    ],
    [`traces?${range}&page_size=0`, { field: 'page_size', came: 0, expected: 'an integer from 1 to 1000' }],
    [`traces?${range}&page_size=1001`, { field: 'page_size', came: 1001 }],
    [
      `traces?${range}&page_size=ten`,
      { field: 'page_size', came: 'ten', expected: 'an integer from 1 to 1000' },
    ],
    [`traces?${range}&page_size=1.5`, { field: 'page_size' }],
    [
      `traces?${range}&order_by=best`,
      { field: 'order_by', came: 'best', expected: expect.stringContaining('start desc') },
    ],
    [
      `traces?${range}&language=sql`,
      { field: 'language', came: 'sql', expected: 'one of cloud-trace, query' },
    ],
    [`traces?${range}&page_sze=3`, { field: 'page_sze', expected: expect.stringContaining('page_size') }],
    [
      `traces?${filter('root:GET latency:abc')}`,
      { field: 'filter_str', position: 17, length: 3, expected: expect.any(String) },
    ],
    [`traces?${filter('a'.repeat(10_001))}`, { field: 'filter_str' }],
  ])('%s: 400 names the field, what came and what is expected', async (path, problem) => {
    const response = await get(`${base}/${path}`);
    expect(response.json()).toMatchObject({ status: 400, code: 'INVALID_ARGUMENT', ...problem });
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json().detail).toContain(problem.field);
  });

  it('answers 404 for a route that does not exist and 501 for what the source cannot', async () => {
    expect((await get('/api/v1/nothing')).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect((await get(`${base}/services?${range}`)).json()).toMatchObject({
      status: 501,
      code: 'NOT_SUPPORTED',
    });
  });
});

describe('who may', () => {
  const url = `${base}/traces/${traceId}`;

  it.each([
    ['no token', undefined],
    ['no Bearer', 'Basic dXNlcjpwYXNz'],
    ['garbage', 'Bearer abc'],
    [
      'an unsigned token',
      `Bearer ${[{ alg: 'none' }, { sub: 'x', roles: ['admin'], exp: 9e9 }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`,
    ],
  ])('401 with WWW-Authenticate for %s, and nothing told', async (_name, authorization) => {
    const response = await test.app.inject({
      url,
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="utxoiq"/);
    expect(response.body).not.toContain('insights');
  });

  it('401 for an expired token and for one of another key', async () => {
    const expired = await test.token({ ttlSeconds: -60 });
    expect((await get(url, expired)).statusCode).toBe(401);
    const foreign = await appForThisTest(memorySource([]));
    expect((await get(url, await foreign.token())).statusCode).toBe(401);
  });

  it('403 for a wrong role or project, the same for what exists and what does not', async () => {
    expect((await get(url, await test.token({ roles: ['writer'] }))).statusCode).toBe(403);
    const limited = await test.token({ projects: ['other-project'] });
    expect((await get(url, limited)).statusCode).toBe(403);
    expect((await get(`${base}/traces/${'1'.repeat(32)}`, limited)).statusCode).toBe(403);
    expect((await get(`${base}/traces?${range}&project=utxoiq-local`, limited)).statusCode).toBe(403);
    const list = (await get(`${base}/traces?${range}`, limited)).json();
    expect(list.map((trace: { trace_id: string }) => trace.trace_id)).toEqual([other]);
    expect((await get(`${base}/traces/${other}`, limited)).statusCode).toBe(200);
  });

  it('403 for deleting without the role admin', async () => {
    const response = await test.app.inject({
      method: 'DELETE',
      url,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.statusCode).toBe(403);
  });
});
