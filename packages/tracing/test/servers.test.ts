import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConnection } from 'node:net';
import express from 'express';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { recordSpans } from '../src/testing.ts';
import { MemoryTransport } from './memory-transport.ts';

const { tracing, spans } = recordSpans();
await tracing.start();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  spans.clear();
});

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function instrumentedFastify() {
  const app = fastify();
  tracing.instrumentFastify(app);
  app.get('/api/v1/insights/:id', async () => ({ trace: tracing.getCurrentTraceId() }));
  app.get('/broken', async () => {
    throw new RangeError('out of blocks');
  });
  app.get('/hang', () => new Promise(() => {}));
  closing.push(() => app.close());
  return app;
}

async function listen(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('instrumentFastify', () => {
  it('makes a server span with the contract’s attributes, as a child of the caller', async () => {
    const response = await instrumentedFastify().inject({
      url: '/api/v1/insights/7?full=1',
      headers: {
        traceparent: PARENT,
        'user-agent': 'test/1',
        'x-correlation-id': 'order-9',
        host: 'api.local',
      },
    });
    const span = await spans.waitFor('GET /api/v1/insights/:id');
    expect(response.json()).toEqual({ trace: '0af7651916cd43dd8448eb211c80319c' });
    expect(span).toMatchObject({
      kind: 'server',
      parentSpanId: 'b7ad6b7169203331',
      status: { code: 'unset' },
    });
    expect(span.attributes).toEqual({
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'http.route': '/api/v1/insights/:id',
      'url.full': 'http://api.local/api/v1/insights/7?full=1',
      'url.path': '/api/v1/insights/7',
      'url.query': 'full=1',
      'user_agent.original': 'test/1',
      'client.address': '127.0.0.1',
      'network.protocol.version': '1.1',
      correlation_id: 'order-9',
      'http.response.status_code': 200,
    });
    const decimal = BigInt(`0x${span.spanId}`).toString();
    expect(response.headers['x-cloud-trace-context']).toBe(`${span.traceId}/${decimal};o=1`);
    expect(response.headers['x-correlation-id']).toBe('order-9');
  });

  it('takes the parent from X-Cloud-Trace-Context where there is no traceparent', async () => {
    await instrumentedFastify().inject({
      url: '/api/v1/insights/7',
      headers: { 'x-cloud-trace-context': '105445AA7843BC8BF206B12000100000/74;o=1' },
    });
    expect(await spans.waitFor(/^GET/)).toMatchObject({
      traceId: '105445aa7843bc8bf206b12000100000',
      parentSpanId: '000000000000004a',
    });
  });

  it('joins the trace of a header without a span id, without a parent', async () => {
    await instrumentedFastify().inject({
      url: '/api/v1/insights/7',
      headers: { 'x-cloud-trace-context': '105445aa7843bc8bf206b12000100000;o=1' },
    });
    expect(await spans.waitFor(/^GET/)).toMatchObject({
      traceId: '105445aa7843bc8bf206b12000100000',
      parentSpanId: null,
    });
  });

  it('records errors with type, message and stack, and fails the span from 500 on', async () => {
    await instrumentedFastify().inject('/broken');
    const span = await spans.waitFor('GET /broken');
    expect(span.status.code).toBe('error');
    expect(span.attributes).toMatchObject({ 'http.response.status_code': 500, 'error.type': '500' });
    expect(span.events[0]?.attributes).toMatchObject({
      'exception.type': 'RangeError',
      'exception.message': 'out of blocks',
    });
  });

  it('names an unknown route by its method and leaves a 404 unset', async () => {
    await instrumentedFastify().inject('/nowhere');
    expect(await spans.waitFor('GET')).toMatchObject({ status: { code: 'unset' } });
  });

  it('makes its own correlation id where the given one cannot stand in a header', async () => {
    const response = await instrumentedFastify().inject({
      url: '/api/v1/insights/7',
      headers: { 'x-correlation-id': 'a b\u00e9' },
    });
    const span = await spans.waitFor(/^GET/);
    expect(response.headers['x-correlation-id']).toBe(span.traceId);
  });

  it('ends spans over real connections: kept alive, pipelined, and left by the client', async () => {
    const url = await instrumentedFastify().listen({ port: 0, host: '127.0.0.1' });
    await fetch(`${url}/api/v1/insights/1`);
    await fetch(`${url}/api/v1/insights/2`);
    const socket = createConnection({ port: Number(new URL(url).port), host: '127.0.0.1' });
    const one = 'GET /api/v1/insights/3 HTTP/1.1\r\nHost: x\r\n\r\n';
    socket.write(`${one}${one}GET /hang HTTP/1.1\r\nHost: x\r\n\r\n`);
    await spans.waitFor(() => spans.findAll(({ kind }) => kind === 'server').length >= 4);
    socket.destroy();
    const aborted = await spans.waitFor('GET /hang');
    expect(aborted.attributes).toMatchObject({ 'error.type': 'aborted' });
    expect(spans.findAll('GET /api/v1/insights/:id')).toHaveLength(4);
  });
});

describe('limits', () => {
  it('count and cut the attributes of server spans as well', async () => {
    const own = recordSpans({ limits: { attributeCountLimit: 4, attributeValueLengthLimit: 8 } });
    await own.tracing.start();
    const app = fastify();
    own.tracing.instrumentFastify(app);
    app.get('/a-long-route', async () => 1);
    await app.inject({ url: '/a-long-route', headers: { host: 'h' } });
    expect((await own.spans.waitFor(/^GET/)).attributes).toEqual({
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'http.route': '/a-long-',
      'url.full': 'http://h',
    });
    await app.close();
    await own.tracing.stop();
  });

  it('an attribute of the instrumentation can be replaced', async () => {
    const app = instrumentedFastify();
    app.get('/own', async () => {
      tracing.addSpanAttributes({ 'http.route': '/better', 'url.full': 'hidden', more: true });
      return 1;
    });
    await app.inject('/own');
    expect((await spans.waitFor('GET /own')).attributes).toMatchObject({
      'http.route': '/better',
      'url.full': 'hidden',
      more: true,
      correlation_id: expect.any(String),
      'http.response.status_code': 200,
    });
  });
});

describe('flushBeforeResponseMs', () => {
  it('a response ends after its spans have been sent', async () => {
    const order: string[] = [];
    const transport = new MemoryTransport();
    const options = { transport, flushOnExit: false, flushBeforeResponseMs: 1000, onProblem() {} };
    const service = new TracingService(options, {});
    const send = transport.send.bind(transport);
    transport.send = async (body) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push('spans sent');
      return send(body);
    };
    await service.start();
    const app = fastify();
    service.instrumentFastify(app);
    app.get('/slow', async () => 'done');
    app.get('/twice', (_request, reply) => {
      reply.hijack().raw.end('done');
      reply.raw.end();
    });
    app.get('/wrong', (_request, reply) => void reply.hijack().raw.end(5 as never));
    const response = await app.inject('/slow');
    order.push('answered');
    expect(response.body).toBe('done');
    expect(order).toEqual(['spans sent', 'answered']);
    expect(transport.spans[0]?.name).toBe('GET /slow');
    expect((await app.inject('/twice')).body).toBe('done');
    await expect(app.inject('/wrong')).rejects.toThrow('destroyed');
    await app.close();
    await service.stop();
  });
});

describe('instrumentHttp', () => {
  it('traces a plain server, ignores what it is told to, and its context reaches the handler', async () => {
    const stop = tracing.instrumentHttp({ ignore: ({ url }) => url === '/healthz', responseHeaders: true });
    closing.push(stop);
    const url = await listen((_request, response) => {
      setTimeout(() => response.end(tracing.getCurrentTraceId() ?? 'none'), 5);
    });
    const response = await tracing.withoutTracing(() => fetch(`${url}/x`));
    const span = await spans.waitFor('GET');
    expect(await response.text()).toBe(span.traceId);
    expect(response.headers.get('x-cloud-trace-context')).toContain(span.traceId);
    expect(await (await tracing.withoutTracing(() => fetch(`${url}/healthz`))).text()).toBe('none');
  });

  it('names the routes of Fastify made afterwards, records errors once, leaves ignored requests alone', async () => {
    const stop = tracing.instrumentHttp({ ignore: ({ url }) => url === '/ignored' });
    const [plain, both] = [fastify(), fastify()];
    tracing.instrumentFastify(both);
    plain.get('/ignored', () => ({ traceId: tracing.getCurrentTraceId() }));
    for (const app of [plain, both]) {
      spans.clear();
      app.get('/broken/:id', () => {
        throw new Error('broken');
      });
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      await tracing.withoutTracing(() => fetch(`${url}/broken/1`));
      const broken = await spans.waitFor('GET /broken/:id');
      expect(broken.events.map(({ name }) => name)).toEqual(['exception']);
    }
    const { port } = plain.server.address() as AddressInfo;
    const ignored = await tracing.withoutTracing(() => fetch(`http://127.0.0.1:${port}/ignored`));
    expect(await ignored.json()).toEqual({ traceId: null });
    await Promise.all([plain.close(), both.close()]);
    stop();
  });

  it('reports an ignore function that throws and serves on', async () => {
    const problems: string[] = [];
    const own = recordSpans({ onProblem: ({ message }) => problems.push(message) });
    await own.tracing.start();
    closing.push(
      own.tracing.instrumentHttp({
        ignore: () => {
          throw new Error('host bug');
        },
      }),
      () => own.tracing.stop(),
    );
    const url = await listen((_request, response) => response.end('fine'));
    expect(await (await fetch(url)).text()).toBe('fine');
    await fetch(url);
    expect(problems).toEqual([expect.stringContaining('host bug')]);
  });
});

describe('Express', () => {
  it('names the route of a router and records what handlers throw', async () => {
    const app = express();
    app.use(tracing.expressMiddleware());
    const router = express.Router();
    router.get('/items/:id', (_request, response) => {
      response.json({ trace: tracing.getCurrentTraceId() });
    });
    app.use('/shop', router);
    app.get('/broken', () => {
      throw new Error('sold out');
    });
    app.use(tracing.expressErrorMiddleware());
    app.use(((_error, _request, response, _next) => {
      response.status(503).end();
    }) as express.ErrorRequestHandler);
    const url = await listen(app);
    const response = await tracing.withoutTracing(() => fetch(`${url}/shop/items/3`));
    const span = await spans.waitFor('GET /shop/items/:id');
    expect(await response.json()).toEqual({ trace: span.traceId });
    await tracing.withoutTracing(() => fetch(`${url}/broken`));
    const broken = await spans.waitFor('GET /broken');
    expect(broken).toMatchObject({ status: { code: 'error' }, events: [{ name: 'exception' }] });
  });
});

describe('Hono', () => {
  it('adds its headers to what fetch answered, and records what is thrown that is no error', async () => {
    const url = await listen((_request, response) => response.end('far'));
    const app = new Hono();
    app.use(tracing.honoMiddleware());
    app.get('/proxy', () => fetch(url));
    app.get('/odd', () => {
      throw 'a string';
    });
    const response = await app.request('/proxy');
    expect(await response.text()).toBe('far');
    expect(response.headers.get('x-cloud-trace-context')).toMatch(/;o=1$/);
    await expect(async () => app.request('/odd')).rejects.toBe('a string');
    const odd = await spans.waitFor('GET /odd');
    expect(odd.events[0]?.attributes['exception.message']).toBe('a string');
    expect(odd.status.code).toBe('error');
  });

  it('traces app.request() with route, headers and errors', async () => {
    const app = new Hono();
    app.use(tracing.honoMiddleware() as never);
    app.get('/books/:id', (context) => context.json({ trace: tracing.getCurrentTraceId() }));
    app.get('/broken', () => {
      throw new Error('no such book');
    });
    app.onError((_error, context) => context.text('sorry', 500));
    const response = await app.request('/books/9', { headers: { traceparent: PARENT } });
    const span = await spans.waitFor('GET /books/:id');
    expect(span.parentSpanId).toBe('b7ad6b7169203331');
    expect(await response.json()).toEqual({ trace: span.traceId });
    expect(response.headers.get('x-correlation-id')).toBe(span.traceId);
    await app.request('/broken');
    expect(await spans.waitFor('GET /broken')).toMatchObject({ status: { code: 'error' } });
  });
});
