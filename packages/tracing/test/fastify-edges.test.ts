import type { IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { type AddressInfo, createConnection } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { alwaysOff } from '../src/index.ts';
import { recordSpans } from '../src/testing.ts';

const problems: string[] = [];
const { tracing, spans } = recordSpans({ onProblem: ({ message }) => problems.push(message) });
await tracing.start();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  spans.clear();
  problems.length = 0;
});

type App = FastifyInstance;

async function listening(routes: (app: App) => unknown, options: FastifyServerOptions = {}): Promise<number> {
  const app = fastify({ forceCloseConnections: true, ...options });
  tracing.instrumentFastify(app);
  routes(app);
  closing.push(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

/** Writes `head` as it is and gives all that comes back until the server ends the connection. */
async function raw(port: number, head: string): Promise<string> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.write(head);
  return text(socket);
}

describe('a Fastify server over plain sockets', () => {
  it('serves HTTP/1.0 and HEAD', async () => {
    const port = await listening((app) =>
      app.get('/x', async () => ({ trace: tracing.getCurrentTraceId() })),
    );
    expect(await raw(port, 'GET /x HTTP/1.0\r\n\r\n')).toMatch(
      /x-cloud-trace-context: [0-9a-f]{32}\/\d+;o=1/i,
    );
    expect(await raw(port, 'HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')).toMatch(/\r\n\r\n$/);
    expect(spans.find('GET /x')?.attributes).toMatchObject({
      'network.protocol.version': '1.0',
      'url.full': 'http://localhost/x',
      'http.response.status_code': 200,
    });
    expect(spans.find('HEAD /x')?.attributes['http.response.status_code']).toBe(200);
  });

  it('serves HTTP/2: the authority is the host, and a stream that the client resets has been aborted', async () => {
    const port = await listening(
      (app) => {
        app.get('/x', async () => 'x');
        app.get('/hangs', () => {});
      },
      { http2: true } as FastifyServerOptions,
    );
    const session = connect(`http://127.0.0.1:${port}`);
    await text(session.request({ ':path': '/x' }));
    expect((await spans.waitFor('GET /x')).attributes['url.full']).toBe(`http://127.0.0.1:${port}/x`);
    const stream = session.request({ ':path': '/hangs' });
    await expect.poll(() => tracing.metrics().openSpans).toBe(1);
    stream.close();
    expect((await spans.waitFor('GET /hangs')).attributes['error.type']).toBe('aborted');
    session.destroy();
  });

  it('names the target of a request to a proxy, and no credentials', async () => {
    const port = await listening((app) => app.get('/x', async () => 'x'));
    await raw(
      port,
      'GET http://a:b@target.example/x?y=1 HTTP/1.1\r\nHost: a:b@h\r\nConnection: close\r\n\r\n',
    );
    await raw(port, 'OPTIONS * HTTP/1.1\r\nHost: a:b@h\r\nConnection: close\r\n\r\n');
    expect(spans.all.map(({ attributes }) => [attributes['url.full'], attributes['url.path']])).toEqual([
      ['http://target.example/x?y=1', '/x'],
      ['http://h', ''],
    ]);
  });

  it('takes the last status where informational ones came before', async () => {
    const port = await listening((app) =>
      app.post('/x', async (_request, reply) => {
        reply.raw.writeEarlyHints({ link: '</a.css>; rel=preload' });
        return reply.code(201).send('made');
      }),
    );
    const head = 'POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\n';
    const answer = await raw(port, `${head}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi`);
    expect(answer).toMatch(/^HTTP\/1.1 100 [\s\S]*HTTP\/1.1 103 [\s\S]*HTTP\/1.1 201 /);
    expect(spans.all.map((span) => span.attributes['http.response.status_code'])).toEqual([201]);
  });

  it('leaves upgraded connections alone', async () => {
    const port = await listening((app) => {
      app.server.on('upgrade', (_request: IncomingMessage, socket) => {
        socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhello');
      });
    });
    const answer = await raw(
      port,
      'GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
    );
    expect(answer).toMatch(/hello$/);
    expect(spans.all).toEqual([]);
  });

  it('ends the spans of pipelined requests each with its own status, in any order of their handlers', async () => {
    const port = await listening((app) =>
      app.get<{ Params: { status: string } }>('/:status', async (request, reply) => {
        await new Promise((resolve) => setTimeout(resolve, request.params.status === '200' ? 20 : 0));
        return reply.code(Number(request.params.status)).send(tracing.getCurrentSpanId());
      }),
    );
    const one = (status: number, last = '') => `GET /${status} HTTP/1.1\r\nHost: h\r\n${last}\r\n`;
    const answer = await raw(port, one(200) + one(404) + one(418, 'Connection: close\r\n'));
    const ids = answer.match(/^[0-9a-f]{16}/gm);
    const byStatus = [200, 404, 418].map((status) =>
      spans.find(({ attributes }) => attributes['http.response.status_code'] === status),
    );
    expect(byStatus.map((span) => span?.spanId)).toEqual(ids);
    expect(new Set(spans.all.map(({ traceId }) => traceId)).size).toBe(3);
  });

  it('ends with the response that took over the socket, and with a streamed one', async () => {
    const port = await listening((app) => {
      app.get('/hijacked', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(202).end('raw');
      });
      app.get('/stream', (_request, reply) => reply.send(Readable.from(['a', 'b'])));
      app.get('/broken-stream', (_request, reply) => {
        const stream = new Readable({ read() {} });
        stream.push('a');
        setTimeout(() => stream.destroy(new Error('disk gone')), 10);
        return reply.send(stream);
      });
    });
    const url = `http://127.0.0.1:${port}`;
    await tracing.withoutTracing(async () => {
      expect(await (await fetch(`${url}/hijacked`)).text()).toBe('raw');
      expect(await (await fetch(`${url}/stream`)).text()).toBe('ab');
      await expect((await fetch(`${url}/broken-stream`)).text()).rejects.toThrow();
    });
    expect((await spans.waitFor('GET /hijacked')).attributes['http.response.status_code']).toBe(202);
    expect((await spans.waitFor('GET /stream')).attributes['http.response.status_code']).toBe(200);
    expect((await spans.waitFor('GET /broken-stream')).attributes['error.type']).toBe('aborted');
  });
});

describe('host code that throws inside of tracing', () => {
  it('does not reach the request: it is served, untraced, and reported', async () => {
    const trustProxy = () => {
      throw new Error('no proxies today');
    };
    const port = await listening((app) => app.get('/x', async () => 'served'), { trustProxy });
    const answer = await raw(
      port,
      'GET /x HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 10.0.0.1\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/served$/);
    expect(problems.join()).toContain('no proxies today');
  });

  it('keeps an error of no kind from breaking the answer', async () => {
    const app = fastify();
    tracing.instrumentFastify(app);
    app.get('/x', async () => {
      throw Object.create(null);
    });
    app.setErrorHandler((_error, _request, reply) => reply.code(500).send('handled'));
    expect((await app.inject('/x')).body).toBe('handled');
    expect((await spans.waitFor('GET /x')).status.code).toBe('error');
    await app.close();
  });

  it('a hook of the host that fails is recorded, and the answer still carries the trace', async () => {
    const app = fastify();
    tracing.instrumentFastify(app);
    app.addHook('onRequest', async () => {
      throw new TypeError('bad hook');
    });
    app.get('/x', async () => 1);
    const response = await app.inject('/x');
    expect(response.headers['x-cloud-trace-context']).toMatch(/;o=1$/);
    expect((await spans.waitFor('GET /x')).events[0]?.attributes['exception.message']).toBe('bad hook');
    await app.close();
  });
});

describe('several services, and their end', () => {
  it('app.inject() leaves no span behind in its caller', async () => {
    const app = fastify();
    tracing.instrumentFastify(app);
    app.get('/x', async () => tracing.getCurrentSpanId());
    const answered = app.inject('/x');
    expect(tracing.getCurrentSpanId()).toBeNull();
    expect((await answered).body).toMatch(/^[0-9a-f]{16}$/);
    expect(tracing.getCurrentSpanId()).toBeNull();
    await app.close();
  });

  it('two services in one process keep their spans apart and in one trace', async () => {
    const other = recordSpans({ serviceName: 'other' });
    await other.tracing.start();
    const backend = fastify();
    other.tracing.instrumentFastify(backend);
    backend.get('/back', async () => 'b');
    const backUrl = await backend.listen({ port: 0, host: '127.0.0.1' });
    const port = await listening((app) =>
      app.get('/front', async () => (await fetch(`${backUrl}/back`)).text()),
    );
    await raw(port, 'GET /front HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    const back = await other.spans.waitFor('GET /back');
    const client = await spans.waitFor(({ kind }) => kind === 'client');
    expect(back).toMatchObject({ traceId: client.traceId, parentSpanId: client.spanId });
    expect(other.spans.all).toHaveLength(1);
    expect(spans.findAll('GET /back')).toEqual([]);
    await backend.close();
    await other.tracing.stop();
  });

  it('stop() while a request runs leaves the request to its handler', async () => {
    const reported: string[] = [];
    const own = recordSpans({ onProblem: ({ code }) => reported.push(code) });
    await own.tracing.start();
    const app = fastify();
    own.tracing.instrumentFastify(app);
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    app.get('/slow', async () => {
      entered.resolve();
      await release.promise;
      return 'done';
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const answer = tracing.withoutTracing(() => fetch(`${url}/slow`));
    await entered.promise;
    await own.tracing.stop();
    expect(reported).toEqual(['NEVER_ENDED']);
    release.resolve();
    expect(await (await answer).text()).toBe('done');
    expect(await (await tracing.withoutTracing(() => fetch(`${url}/slow`))).text()).toBe('done');
    await app.close();
  });

  it('an unsampled request carries its context and headers, and costs no span', async () => {
    const own = recordSpans({ sampler: alwaysOff });
    await own.tracing.start();
    const app = fastify();
    own.tracing.instrumentFastify(app);
    app.get('/x', async () => own.tracing.getCurrentTraceId());
    const response = await app.inject('/x');
    expect(response.headers['x-cloud-trace-context']).toMatch(new RegExp(`^${response.body}/\\d+;o=0$`));
    expect(response.headers['x-correlation-id']).toBe(response.body);
    expect(own.spans.all).toEqual([]);
    await app.close();
    await own.tracing.stop();
  });
});
