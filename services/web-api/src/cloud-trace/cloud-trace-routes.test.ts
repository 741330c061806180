import { gzipSync } from 'node:zlib';
import { decodeMessage, encodeMessage, V1TracesType, V1TraceType } from '@utxoiq/model/cloud-trace';
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { testAccess, testApp } from '../../test/cloud-trace/test-app.ts';
import { QuotaMeter } from './quota-meter.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const viewer = { authorization: 'Bearer viewer' };
let app: FastifyInstance;

beforeEach(async () => {
  ({ app } = await testApp());
});

async function call(options: InjectOptions, instance = app) {
  const response = await instance.inject(options);
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    json: () => response.json(),
  };
}
const get = (url: string, headers: Record<string, string> = viewer) => call({ method: 'GET', url, headers });
const patch = (body: unknown, headers: Record<string, string> = {}) =>
  call({
    method: 'PATCH',
    url: '/v1/projects/p/traces',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });

function trace(id: string, root: string, durationMs: number, labels: Record<string, string> = {}) {
  const start = Date.parse('2026-11-22T10:00:00Z');
  return {
    projectId: 'p',
    traceId: id.padStart(32, '0'),
    spans: [
      {
        spanId: '11',
        kind: 'RPC_SERVER',
        name: root,
        startTime: new Date(start).toISOString(),
        endTime: new Date(start + durationMs).toISOString(),
        labels,
      },
      {
        spanId: '12',
        name: `${root}/child`,
        parentSpanId: '11',
        startTime: new Date(start).toISOString(),
        endTime: new Date(start + 1).toISOString(),
      },
    ],
  };
}

const some = {
  traces: [
    trace('a', '/a', 10, { '/http/method': 'GET', '/http/url': '/a' }),
    trace('b', '/b', 2000, { 'http.request.method': 'POST', 'url.full': 'https://x/b' }),
    trace('c', '/_ah/c', 30),
  ],
};

describe('v1 over REST', () => {
  it('reads back what was patched', async () => {
    expect((await patch(some)).json()).toEqual({});
    const answer = await get(`/v1/projects/p/traces/${'0'.repeat(31)}a`);
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      projectId: 'p',
      traceId: `${'0'.repeat(31)}a`,
      spans: [
        {
          spanId: '11',
          kind: 'RPC_SERVER',
          name: '/a',
          startTime: '2026-11-22T10:00:00Z',
          endTime: '2026-11-22T10:00:00.010Z',
          labels: { '/http/method': 'GET', '/http/url': '/a', 'g.co/spankind': 'SERVER' },
        },
        {
          spanId: '12',
          name: '/a/child',
          parentSpanId: '11',
          startTime: '2026-11-22T10:00:00Z',
          endTime: '2026-11-22T10:00:00.001Z',
        },
      ],
    });
    expect(answer.text).toMatch(/^\{\n {2}"projectId": "p",\n/);
  });

  it('keeps a span id that came twice twice', async () => {
    const once = trace('d', '/d', 5);
    await patch({ traces: [once] });
    await patch({ traces: [{ ...once, spans: [{ ...once.spans[0], name: '/again' }] }] });
    const { spans } = (await get(`/v1/projects/p/traces/${once.traceId}`)).json();
    expect(spans.map(({ spanId }: { spanId: string }) => spanId)).toEqual(['11', '12', '11']);
  });

  it('takes protobuf and gzip, and answers protobuf', async () => {
    const body = Buffer.from(
      encodeMessage(V1TracesType, {
        traces: [
          {
            projectId: '',
            traceId,
            spans: [
              {
                spanId: 2n ** 64n - 1n,
                kind: 2,
                name: 'n',
                startTime: 1n,
                endTime: 2n,
                parentSpanId: 0n,
                labels: new Map(),
              },
            ],
          },
        ],
      }),
    );
    await patch(body, { 'content-type': 'application/x-protobuf' });
    const response = await app.inject({ url: `/v1/projects/p/traces/${traceId}?alt=proto`, headers: viewer });
    expect(response.headers['content-type']).toBe('application/x-protobuf');
    expect(decodeMessage(V1TraceType, response.rawPayload).spans[0]?.spanId).toBe(2n ** 64n - 1n);
    expect((await patch(gzipSync(JSON.stringify(some)), { 'content-encoding': 'gzip' })).status).toBe(200);
    expect((await patch('no gzip', { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it('lists in all views', async () => {
    await patch(some);
    const list = async (query: string) =>
      (await get(`/v1/projects/p/traces?orderBy=trace_id${query}`)).json();
    const ids = ['a', 'b', 'c'].map((id) => id.padStart(32, '0'));
    const minimal = { traces: ids.map((id) => ({ projectId: 'p', traceId: id })) };
    expect(await list('')).toEqual(minimal);
    expect(await list('&view=MINIMAL')).toEqual(minimal);
    expect(await list('&view=VIEW_TYPE_UNSPECIFIED')).toEqual(minimal);
    expect(await list('&view=0')).toEqual(minimal);
    const roots = await list('&view=ROOTSPAN&fields=traces/spans/name');
    expect(roots).toEqual({ traces: ['/a', '/b', '/_ah/c'].map((name) => ({ spans: [{ name }] })) });
    const complete = await list('&view=COMPLETE&fields=traces(traceId,spans(spanId)),nextPageToken');
    expect(complete.traces[1]).toEqual({ traceId: ids[1], spans: [{ spanId: '11' }, { spanId: '12' }] });
  });

  it('filters, orders and pages', async () => {
    await patch(some);
    const names = async (query: string) => {
      const answer = (await get(`/v1/projects/p/traces?view=ROOTSPAN&${query}`)).json();
      return (answer.traces ?? []).map(({ spans }: { spans: { name: string }[] }) => spans[0]?.name);
    };
    const filter = (text: string) => names(`orderBy=name&filter=${encodeURIComponent(text)}`);
    expect(await names('orderBy=duration')).toEqual(['/a', '/_ah/c', '/b']);
    expect(await names('orderBy=duration%20desc')).toEqual(['/b', '/_ah/c', '/a']);
    expect(await names('orderBy=name')).toEqual(['/_ah/c', '/a', '/b']);
    expect(await names('orderBy=traceId desc')).toEqual(['/_ah/c', '/b', '/a']);
    expect(await filter('latency:1s')).toEqual(['/b']);
    expect(await filter('/_ah/')).toEqual(['/_ah/c']);
    expect(await filter('+root:/a')).toEqual(['/a']);
    expect(await filter('+span:/b/child latency:100ms')).toEqual(['/b']);
    expect(await filter('+^url:/a method:G')).toEqual(['/a']);
    expect(await filter('method:POST')).toEqual(['/b']);
    expect(await filter('label:/http/url')).toEqual(['/a', '/b']);
    expect(await filter('nonsense:1')).toEqual([]);
    const first = (await get('/v1/projects/p/traces?orderBy=trace_id&pageSize=2')).json();
    expect(first.traces).toHaveLength(2);
    const second = await get(
      `/v1/projects/p/traces?orderBy=trace_id&pageSize=2&pageToken=${first.nextPageToken}`,
    );
    expect(second.json()).toEqual({ traces: [{ projectId: 'p', traceId: 'c'.padStart(32, '0') }] });
  });

  it('pages without times, however late the next page is asked for, and for the same query only', async () => {
    let now = Date.parse('2026-11-22T10:00:01Z');
    ({ app } = await testApp({ now: () => (now += 60_000) }));
    await patch(some);
    const list = (query: string) => get(`/v1/projects/p/traces?pageSize=2&${query}`);
    const { nextPageToken } = (await list('filter=latency:1ms')).json();
    const next = await list(`filter=latency:1ms&pageToken=${nextPageToken}`);
    expect(next.json().traces).toHaveLength(1);
    for (const other of ['filter=latency:2ms', 'orderBy=name', 'startTime=2026-11-22T09:00:00Z']) {
      const refused = await list(`filter=latency:1ms&${other}&pageToken=${nextPageToken}`);
      expect(refused.json().error).toMatchObject({
        status: 'INVALID_ARGUMENT',
        message: 'Invalid page token.',
      });
    }
  });

  it("orders by the first span's start and the root's duration", async () => {
    const start = Date.parse('2026-11-22T10:00:00Z');
    const time = (ms: number) => new Date(start + ms).toISOString();
    const withChild = (id: string, root: [number, number], child: [number, number]) => ({
      traceId: id.repeat(32),
      spans: [
        { spanId: '1', name: id, startTime: time(root[0]), endTime: time(root[1]) },
        { spanId: '2', parentSpanId: '1', name: 'c', startTime: time(child[0]), endTime: time(child[1]) },
      ],
    });
    // The first to begin has the latest root; the longest of all has the shortest root.
    await patch({
      traces: [
        withChild('a', [90, 100], [0, 5]),
        withChild('b', [10, 50], [10, 20]),
        withChild('c', [20, 25], [20, 9000]),
      ],
    });
    const order = async (orderBy: string) => {
      const { traces } = (await get(`/v1/projects/p/traces?orderBy=${encodeURIComponent(orderBy)}`)).json();
      return traces.map((item: { traceId: string }) => item.traceId[0]).join('');
    };
    expect(await order('start')).toBe('abc');
    expect(await order('start desc')).toBe('cba');
    expect(await order('duration')).toBe('cab');
    expect(await order('duration desc')).toBe('bac');
    expect(await order('')).toBe('cba');
  });

  it('matches the stable HTTP names only if it is not strict', async () => {
    ({ app } = await testApp({ strictHttpNames: true }));
    await patch(some);
    expect((await get('/v1/projects/p/traces?filter=method:POST')).json()).toEqual({});
    expect((await get('/v1/projects/p/traces?filter=method:GET')).json().traces).toHaveLength(1);
  });

  it('takes times inclusively, with offsets', async () => {
    await patch(some);
    const count = async (range: string) =>
      ((await get(`/v1/projects/p/traces?${range}`)).json().traces ?? []).length;
    expect(await count('endTime=2026-11-22T12:00:00%2B02:00')).toBe(3);
    expect(await count('endTime=2026-11-22T09:59:59.999999999Z')).toBe(0);
    expect(await count('startTime=2026-11-22T10:00:02Z')).toBe(1);
  });
});

describe("Google's parameters", () => {
  it('pretty-prints unless told not to, calls back, numbers enums, takes tokens in the URL', async () => {
    await patch(some);
    const url = `/v1/projects/p/traces/${'a'.padStart(32, '0')}`;
    expect((await get(`${url}?prettyPrint=false&fields=traceId`)).text).toBe(
      `{"traceId":"${'a'.padStart(32, '0')}"}`,
    );
    expect((await get(`${url}?prettyPrint=false&fields=projectId&callback=cb`)).text).toBe(
      '// API callback\ncb({"projectId":"p"});',
    );
    expect((await get(`${url}?$alt=json;enum-encoding=int&fields=spans/kind`)).json().spans[0]).toEqual({
      kind: 1,
    });
    expect((await get(`${url}?access_token=viewer`, {})).status).toBe(200);
    const all =
      '$.xgafv=2&key=k&quotaUser=u&uploadType=media&upload_protocol=raw&oauth_token=viewer&alt=media';
    expect((await get(`${url}?${all}`, {})).status).toBe(200);
    for (const mask of ['spans.name', 'spans(name)', 'spans/name', 'spans.name,spans/labels/none']) {
      const { spans } = (await get(`${url}?fields=${mask}`)).json();
      expect(spans[1]).toMatchObject({ name: '/a/child' });
    }
    expect((await get(`${url}?fields=spans.span_id,project_id`)).json()).toEqual({
      projectId: 'p',
      spans: [{ spanId: '11' }, { spanId: '12' }],
    });
    expect((await get(`${url}?fields=*/name`)).json()).toEqual({
      projectId: 'p',
      traceId: 'a'.padStart(32, '0'),
      spans: [{ name: '/a' }, { name: '/a/child' }],
    });
  });
});

describe('refusals', () => {
  it('know who asks', async () => {
    const url = `/v1/projects/p/traces/${traceId}`;
    const nobody = await get(url, {});
    expect([nobody.status, nobody.json().error.status]).toEqual([401, 'UNAUTHENTICATED']);
    expect(nobody.headers['www-authenticate']).toBe('Bearer realm="utxoiq"');
    expect((await get(url, { authorization: 'Bearer forged' })).status).toBe(401);
    expect((await get(url, { authorization: 'Basic dmlld2Vy' })).status).toBe(401);
    expect((await get(url, { authorization: 'Bearer writer' })).status).toBe(403);
    const other = await get(url, { authorization: 'Bearer other' });
    expect([other.status, other.json().error.status]).toEqual([403, 'PERMISSION_DENIED']);
    expect((await get(url)).json().error).toEqual({
      code: 404,
      message: 'Requested entity was not found.',
      status: 'NOT_FOUND',
    });
    ({ app } = await testApp({ access: testAccess(false) }));
    expect((await patch(some)).status).toBe(401);
    expect((await patch(some, viewer)).status).toBe(403);
    expect((await patch(some, { authorization: 'Bearer writer' })).status).toBe(200);
  });

  it('keep other pages of a browser from writing', async () => {
    const from = (origin: string) => patch({ traces: [] }, { origin, host: 'localhost:8080' });
    expect((await from('https://evil.example')).status).toBe(403);
    expect((await from('null')).status).toBe(403);
    expect((await from('http://localhost:8080')).status).toBe(200);
  });

  it('count units where quotas are on', async () => {
    let now = 0;
    ({ app } = await testApp({ quota: new QuotaMeter(() => now) }));
    for (let count = 0; count < 12; count++) expect((await get('/v1/projects/p/traces')).status).toBe(200);
    const refused = await get(`/v1/projects/p/traces/${traceId}`);
    expect([refused.status, refused.json().error.status]).toEqual([429, 'RESOURCE_EXHAUSTED']);
    expect(refused.headers['retry-after']).toBe('60');
    now = 60_000;
    expect((await get('/v1/projects/p/traces')).status).toBe(200);
  });

  it('are in the same form for routes that do not exist', async () => {
    const answer = await get('/v1/projects/p/nothing');
    expect([answer.status, answer.json().error.status]).toEqual([404, 'NOT_FOUND']);
  });

  it('never fail on their own: fuzzed filters, masks and tokens', async () => {
    await patch(some);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string(),
        fc.string(),
        async (filter, fields, orderBy) => {
          const query = new URLSearchParams({ filter, fields, orderBy, view: 'ROOTSPAN' });
          expect([200, 400]).toContain((await get(`/v1/projects/p/traces?${query}`)).status);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never fail on their own: fuzzed bodies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.uint8Array(), async (json, bytes) => {
        expect([200, 400]).toContain((await patch(json)).status);
        const proto = await patch(Buffer.from(bytes), { 'content-type': 'application/x-protobuf' });
        expect([200, 400]).toContain(proto.status);
      }),
      { numRuns: 60 },
    );
  });
});

describe('v2 over REST', () => {
  const span = {
    spanId: 'b7ad6b7169203331',
    displayName: { value: 'work' },
    startTime: '2026-11-22T10:00:00.5Z',
    endTime: '2026-11-22T10:00:01Z',
    attributes: { attributeMap: { n: { intValue: '7' }, b: { boolValue: true } } },
    spanKind: 'CLIENT',
    status: { code: 0 },
  };

  it('writes batches that v1 reads', async () => {
    const body = { spans: [{ ...span, name: `projects/p/traces/${traceId}/spans/${span.spanId}` }] };
    const written = await call({
      method: 'POST',
      url: '/v2/projects/p/traces:batchWrite',
      payload: JSON.stringify(body),
    });
    expect([written.status, written.json()]).toEqual([200, {}]);
    expect((await get(`/v1/projects/p/traces/${traceId}`)).json().spans).toEqual([
      {
        spanId: '13235353014750950193',
        kind: 'RPC_CLIENT',
        name: 'work',
        startTime: '2026-11-22T10:00:00.500Z',
        endTime: '2026-11-22T10:00:01Z',
        labels: { n: '7', b: 'true', 'g.co/spankind': 'CLIENT', 'g.co/status/code': '0' },
      },
    ]);
  });

  it('creates one span and shows what was kept of it', async () => {
    ({ app } = await testApp({ profile: 'documented', now: () => Date.parse('2026-11-22T11:00:00Z') }));
    const created = await call({
      method: 'POST',
      url: `/v2/projects/p/traces/${traceId}/spans/${span.spanId}`,
      payload: JSON.stringify({ ...span, displayName: { value: 'é'.repeat(100) } }),
    });
    expect(created.json()).toEqual({
      ...span,
      name: `projects/p/traces/${traceId}/spans/${span.spanId}`,
      displayName: { value: 'é'.repeat(64), truncatedByteCount: 72 },
      startTime: '2026-11-22T10:00:00.500Z',
      status: {},
      timeEvents: {},
      links: {},
    });
  });
});
