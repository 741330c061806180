import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { recordSpans } from '../src/testing.ts';

const { tracing, spans } = recordSpans();
await tracing.start();
const server = http.createServer((request, response) => {
  response.statusCode = request.url === '/missing' ? 404 : 200;
  response.end(JSON.stringify(request.headers));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const url = `http://127.0.0.1:${port}`;
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await tracing.stop();
});
beforeEach(() => spans.clear());

function get(options: http.RequestOptions): Promise<http.IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    http
      .get({ port, host: '127.0.0.1', ...options }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve(JSON.parse(body)));
      })
      .on('error', reject);
  });
}
const headersOf = (response: Response) => response.json() as Promise<http.IncomingHttpHeaders>;

async function closedPort(): Promise<number> {
  const probe = http.createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}

const inSpan = tracing.traceRequest('work');

describe('outgoing requests', () => {
  it('fetch gets a client span within the active one and carries its context', async () => {
    const headers = await inSpan(async () => headersOf(await fetch(`${url}/a?b=1`)))();
    const span = await spans.waitFor('GET');
    expect(span).toMatchObject({ kind: 'client', parentSpanId: spans.find('work')?.spanId });
    expect(span.attributes).toEqual({
      'http.request.method': 'GET',
      'url.full': `${url}/a?b=1`,
      'server.address': '127.0.0.1',
      'server.port': port,
      'http.response.status_code': 200,
    });
    expect(headers.traceparent).toBe(`00-${span.traceId}-${span.spanId}-03`);
    expect(headers['x-cloud-trace-context']).toBe(`${span.traceId}/${BigInt(`0x${span.spanId}`)};o=1`);
  });

  it.each([
    ['plain headers', { headers: { a: 'b' } }],
    ['headers as an array', { headers: ['host', 'x', 'a', 'b'] as never }],
    ['Expect, which writes the head early', { headers: { expect: '100-continue' } }],
  ])('node:http with %s', async (_name, options) => {
    const headers = await get(options);
    const span = await spans.waitFor('GET');
    expect(headers.traceparent).toBe(`00-${span.traceId}-${span.spanId}-03`);
  });

  it('leaves a traceparent that the caller has set', async () => {
    const own = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect((await get({ headers: { traceparent: own } })).traceparent).toBe(own);
    const fetched = await headersOf(await fetch(url, { headers: { traceparent: own } }));
    expect(fetched.traceparent).toBe(own);
  });

  it('fails the span on 4xx and on connection errors', async () => {
    await (await fetch(`${url}/missing`)).text();
    expect(await spans.waitFor('GET')).toMatchObject({
      status: { code: 'error' },
      attributes: { 'error.type': '404' },
    });
    spans.clear();
    const closed = await closedPort();
    await expect(fetch(`http://127.0.0.1:${closed}/`)).rejects.toThrow();
    expect((await spans.waitFor('GET')).status.code).toBe('error');
    spans.clear();
    await expect(get({ port: closed })).rejects.toThrow();
    expect(await spans.waitFor('GET')).toMatchObject({ attributes: { 'error.type': 'ECONNREFUSED' } });
  });

  it('fail where the answer breaks off, and by the name of an abort', async () => {
    const cut = (_request: http.IncomingMessage, response: http.ServerResponse) => {
      response.writeHead(404, { 'content-length': 100 }).write('half');
      setImmediate(() => response.destroy());
    };
    const usual = server.listeners('request') as http.RequestListener[];
    server.removeAllListeners('request').once('request', cut);
    const request = http.get({ port, host: '127.0.0.1' });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    await expect(response.toArray()).rejects.toThrow('aborted');
    expect(await spans.waitFor('GET')).toMatchObject({
      status: { code: 'error' },
      attributes: { 'http.response.status_code': 404, 'error.type': 'ECONNRESET' },
    });
    spans.clear();
    server.removeAllListeners('request');
    const controller = new AbortController();
    server.once('request', () => controller.abort());
    await expect(fetch(url, { signal: controller.signal })).rejects.toThrow();
    for (const listener of usual) server.on('request', listener);
    expect((await spans.waitFor('GET')).attributes['error.type']).toBe('AbortError');
  });

  it('to a proxy have the URL of their target, without credentials', async () => {
    await get({ path: 'http://user:secret@target.example:81/x?sig=abc&y=1' });
    expect((await spans.waitFor('GET')).attributes['url.full']).toBe(
      'http://target.example:81/x?sig=REDACTED&y=1',
    );
  });

  it.each([
    ['GET', 'upgrade', 101, { headers: { connection: 'Upgrade', upgrade: 'x' } }],
    ['CONNECT', 'connect', 200, { path: 'target.example:443' }],
  ] as const)(
    '%s: what becomes another protocol has a span as well',
    async (method, event, status, options) => {
      const switched = (_request: unknown, socket: Duplex) => {
        socket.write(`HTTP/1.1 ${status} Switched\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n`);
      };
      server.once(event, switched);
      const request = http.request({ port, host: '127.0.0.1', method, ...options }).end();
      const [, socket] = await once(request, event);
      socket.destroy();
      expect(await spans.waitFor(method)).toMatchObject({
        attributes: {
          'http.response.status_code': status,
          'url.full': method === 'GET' ? `${url}/` : 'http://target.example:443',
        },
      });
    },
  );

  it('are left alone within withoutTracing', async () => {
    const headers = await tracing.withoutTracing(async () => headersOf(await fetch(url)));
    expect(headers.traceparent).toBeUndefined();
    expect(spans.all).toHaveLength(0);
  });
});
