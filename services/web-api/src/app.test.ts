import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { makeSpan, memorySource } from '../test/memory-source.ts';
import { appForThisTest } from '../test/test-app.ts';

describe('the HTTP surface', () => {
  it('answers health, readiness and metrics', async () => {
    const test = await appForThisTest(memorySource([]));
    expect((await test.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await test.app.inject('/readyz')).statusCode).toBe(200);
    expect((await test.app.inject('/metrics')).body).toContain('utxoiq_engine_up 1');
  });

  it('is not ready while the store does not answer or while it stops', async () => {
    const down = { ...memorySource([]), ping: () => Promise.reject(new Error('down')) };
    const broken = await appForThisTest(down);
    expect((await broken.app.inject('/readyz')).statusCode).toBe(503);
    expect((await broken.app.inject('/metrics')).body).toContain('utxoiq_engine_up 0');
    const stopping = await appForThisTest(memorySource([]), { deps: { isStopping: () => true } });
    expect((await stopping.app.inject('/readyz')).statusCode).toBe(503);
  });

  it('gives every response a trace and a correlation id: the caller’s, or new ones', async () => {
    const test = await appForThisTest(memorySource([]));
    for (const url of ['/healthz', '/api/v1/nothing', '/nothing', '/openapi.json']) {
      const fresh = await test.app.inject(url);
      expect(fresh.headers['x-cloud-trace-context']).toMatch(/^[0-9a-f]{32}\/0;o=0$/);
      expect(fresh.headers['x-correlation-id']).toMatch(/^[0-9a-f]{32}$/);
      const trace = 'a'.repeat(32);
      const headers = { 'x-cloud-trace-context': `${trace}/7;o=1`, 'x-correlation-id': 'c-1' };
      const own = await test.app.inject({ url, headers });
      expect(own.headers['x-cloud-trace-context']).toBe(`${trace}/0;o=0`);
      expect(own.headers['x-correlation-id']).toBe('c-1');
    }
    const broken = await test.app.inject({ url: '/healthz', headers: { 'x-correlation-id': 'é\u0001' } });
    expect(broken.statusCode).toBe(200);
  });

  it('describes itself as OpenAPI', async () => {
    const test = await appForThisTest(memorySource([]));
    const document = (await test.app.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/monitoring/traces',
        '/api/v1/monitoring/traces/{trace_id}',
        '/api/v1/insights',
      ]),
    );
    expect((await test.app.inject('/docs')).statusCode).toBe(200);
    const trace = document.paths['/api/v1/monitoring/traces/{trace_id}'].get;
    const refused = await test.app.inject(`/api/v1/monitoring/traces/${'a'.repeat(32)}`);
    expect(Object.keys(trace.responses[refused.statusCode].content)).toEqual([
      String(refused.headers['content-type']).split(';')[0],
    ]);
  });

  it('sends a strict content security policy and no CORS unless asked', async () => {
    const plain = await appForThisTest(memorySource([]));
    const response = await plain.app.inject({
      url: '/healthz',
      headers: { origin: 'https://other.example' },
    });
    const policy = String(response.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
    const open = await appForThisTest(memorySource([]), {
      environment: { CORS_ORIGINS: 'https://other.example' },
    });
    const allowed = await open.app.inject({ url: '/healthz', headers: { origin: 'https://other.example' } });
    expect(allowed.headers['access-control-allow-origin']).toBe('https://other.example');
  });

  it('limits rate and body size with problems of its own', async () => {
    const test = await appForThisTest(memorySource([]), {
      environment: { RATE_LIMIT: '2', BODY_LIMIT_BYTES: '1024' },
    });
    const post = (payload: string, type = 'application/json') =>
      test.app.inject({ method: 'POST', url: '/api/v1/session', payload, headers: { 'content-type': type } });
    const large = await post(JSON.stringify({ token: 'x'.repeat(2000) }));
    expect(large.json()).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
      next_step: expect.stringContaining('BODY_LIMIT_BYTES'),
    });
    expect((await post('{"token":')).json()).toMatchObject({ status: 400, code: 'INVALID_ARGUMENT' });
    const limited = await post('{}');
    expect(limited.statusCode).toBe(429);
    expect(limited.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(limited.headers['retry-after']).toBeDefined();
  });

  it('answers addresses and bytes that no route sees in the form of their place', async () => {
    const { app } = await appForThisTest(memorySource([]));
    for (const url of ['/api/v1/%zz', `/api/v1/monitoring/traces/${'a'.repeat(600)}`]) {
      const response = await app.inject({ url, headers: { 'x-correlation-id': 'mine' } });
      expect(response.json()).toMatchObject({ status: 400, code: 'INVALID_ARGUMENT' });
      expect(response.headers['content-type']).toContain('application/problem+json');
      expect(response.headers['x-correlation-id']).toBe('mine');
    }
    const google = await app.inject('/v1/projects/%zz/traces');
    expect(google.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });

    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = new URL(url);
    const whole = connect(Number(port), '127.0.0.1', () =>
      whole.write(`GET ${url}/api/v1/nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`),
    );
    expect(await text(whole)).toContain('"instance":"/api/v1/nothing"');
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('JUNK\r\n\r\n'));
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 [\s\S]*application\/problem\+json[\s\S]*"status":400/);
  });

  it('names the methods that an address has to those who come with another', async () => {
    const mcp = async (app: FastifyInstance) => void app.post('/mcp', async () => ({}));
    const { app } = await appForThisTest(memorySource([]), { deps: { plugins: [mcp] } });
    const one = `/api/v1/monitoring/traces/${'a'.repeat(32)}`;
    for (const [method, url, allow] of [
      ['POST', '/api/v1/monitoring/traces', 'GET, HEAD, OPTIONS'],
      ['PUT', '/api/v1/monitoring/compare', 'OPTIONS, POST'],
      ['PATCH', one, 'DELETE, GET, HEAD, OPTIONS'],
      ['PUT', '/api/v1/alerts/rules', 'GET, HEAD, OPTIONS, POST'],
      ['DELETE', '/healthz', 'GET, HEAD, OPTIONS'],
      ['HEAD', '/sign-in', 'GET, OPTIONS'],
      ['GET', '/mcp', 'OPTIONS, POST'],
      ['DELETE', '/mcp', 'OPTIONS, POST'],
    ] as const) {
      const payload = method === 'POST' ? { payload: 'no JSON', headers: { 'content-type': 'a/b' } } : {};
      const refused = await app.inject({ method, url, ...payload });
      expect([url, refused.statusCode, refused.headers.allow]).toEqual([url, 405, allow]);
      if (method !== 'HEAD') expect(refused.json().code).toBe('METHOD_NOT_ALLOWED');
      const asked = await app.inject({ method: 'OPTIONS', url });
      expect([asked.statusCode, asked.headers.allow]).toEqual([204, allow]);
    }
    const unknown = await app.inject({ method: 'POST', url: '/api/v1/monitoring/nothing' });
    expect(unknown.statusCode).toBe(404);
  });

  it('shows the viewer to nobody who asks for an address of the API, however it is written', async () => {
    const { app } = await appForThisTest(memorySource([]));
    for (const url of ['//api/v1/session', '/API/v1/session', '/api/v1/session/']) {
      const { statusCode, headers } = await app.inject({ url, headers: { accept: '*/*' } });
      expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    }
  });

  it('limits what reads Cloud Trace’s routes, and not what writes', async () => {
    const routes = async (app: FastifyInstance) => {
      app.get('/v1/projects/p/traces', async () => ({}));
      app.patch('/v1/projects/p/traces', async () => ({}));
    };
    const test = await appForThisTest(memorySource([]), {
      environment: { RATE_LIMIT: '2' },
      deps: { plugins: [routes] },
    });
    const statuses = async (method: 'GET' | 'PATCH') => {
      const url = '/v1/projects/p/traces';
      const found: number[] = [];
      for (let time = 0; time < 3; time++) found.push((await test.app.inject({ method, url })).statusCode);
      return found;
    };
    expect(await statuses('PATCH')).toEqual([200, 200, 200]);
    expect(await statuses('GET')).toEqual([200, 200, 429]);
  });

  it('compresses what leaves the machine', async () => {
    const test = await appForThisTest(
      memorySource(
        Array.from({ length: 300 }, (_, at) => makeSpan({ spanId: `${1000 + at}`.padStart(16, '0') })),
      ),
      {
        environment: { TRUST_PROXY: 'true' },
      },
    );
    const ask = async (encoding: string, from: string, path = '') =>
      test.app.inject({
        url: `/api/v1/monitoring/traces/${makeSpan().traceId}${path}`,
        headers: {
          authorization: `Bearer ${await test.token()}`,
          'accept-encoding': encoding,
          'x-forwarded-for': from,
        },
      });
    const plain = await ask('gzip, br, zstd', '127.0.0.1');
    expect(plain.headers['content-encoding']).toBeUndefined();
    const far = await ask('gzip, br, zstd', '10.0.0.7');
    expect(far.headers['content-encoding']).toBe('zstd');
    expect(zstdDecompressSync(far.rawPayload).toString()).toBe(plain.body);
    const old = await ask('gzip', '10.0.0.7');
    expect(gunzipSync(old.rawPayload).toString()).toBe(plain.body);
    expect(old.headers.vary).toContain('accept-encoding');
    expect((await ask('gzip', '10.0.0.7', '/outline')).headers['content-encoding']).toBe('gzip');
  });

  it('tells nothing about what went wrong inside', async () => {
    const broken = { ...memorySource([]), getTrace: () => Promise.reject(new Error('secret host name')) };
    const test = await appForThisTest(broken);
    const response = await test.app.inject({
      url: `/api/v1/monitoring/traces/${'1'.repeat(32)}`,
      headers: { authorization: `Bearer ${await test.token()}` },
    });
    expect(response.json()).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(response.body).not.toContain('secret');
  });

  it('serves the viewer: assets for ever, its page for every address of its own', async () => {
    const without = await appForThisTest(memorySource([]));
    const html = { accept: 'text/html' };
    const missing = await without.app.inject({ url: '/', headers: html });
    expect(missing.statusCode).toBe(503);
    expect(missing.body).toContain('not built');

    const dir = join(without.dataDir, 'built');
    mkdirSync(join(dir, 'assets'), { recursive: true });
    writeFileSync(join(dir, 'index.html'), '<!doctype html><title>viewer</title>');
    writeFileSync(join(dir, 'assets', 'index-abc.js'), 'export {};');
    const test = await appForThisTest(memorySource([]), { environment: { VIEWER_DIR: dir } });
    const asset = await test.app.inject('/assets/index-abc.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const url of ['/', '/trace/abc?x=1', '/services']) {
      const page = await test.app.inject({ url, headers: html });
      expect(page.statusCode).toBe(200);
      expect(page.body).toContain('viewer');
      expect(page.headers['cache-control']).toBe('no-cache');
    }
    expect((await test.app.inject({ url: '/api/v1/nothing', headers: html })).statusCode).toBe(404);
    expect((await test.app.inject({ url: '/assets/gone.js', headers: html })).statusCode).toBe(404);
  });
});
