import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type RecordedSpan, recordSpans } from '../src/testing.ts';

/** What a client claims; 203.0.113.0/24 and 198.51.100.0/24 are addresses of documentation (RFC 5737). */
const FORWARDED = { 'x-forwarded-for': '203.0.113.7, 198.51.100.1', 'x-forwarded-proto': 'https' };
const problems: string[] = [];
const { tracing, spans } = recordSpans({
  instrumentClients: false,
  onProblem: ({ message }) => problems.push(message),
});
await tracing.start();
afterAll(() => tracing.stop());
afterEach(() => spans.clear());

async function serve(listener: http.RequestListener): Promise<RecordedSpan> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}/x/1`, { headers: FORWARDED })).text();
  const span = await spans.waitFor(({ kind }) => kind === 'server');
  server.closeAllConnections();
  server.close();
  return span;
}

async function ask(listener: http.RequestListener): Promise<readonly unknown[]> {
  const { name, attributes } = await serve(listener);
  expect(name).toBe('GET /x/:id');
  return [attributes['client.address'], attributes['url.scheme']];
}

function expressApp(
  trust: string | boolean | (() => never) | undefined,
  middleware: boolean,
): http.RequestListener {
  const app = express();
  if (trust !== undefined) app.set('trust proxy', trust);
  if (middleware) app.use(tracing.expressMiddleware());
  app.get('/x/:id', (_request, response) => void response.send('ok'));
  return app as unknown as http.RequestListener;
}

async function askFastify(trustProxy: boolean | string, instrument: boolean) {
  const app = fastify({ trustProxy });
  if (instrument) tracing.instrumentFastify(app);
  app.get('/x/:id', () => 'ok');
  await app.ready();
  const address = await ask((request, response) => void app.routing(request, response));
  await app.close();
  return address;
}

describe('client.address behind proxies', () => {
  it.each([
    ['nobody is trusted: the peer, whatever it claims', undefined, '127.0.0.1', 'http'],
    ['all are: the leftmost', true, '203.0.113.7', 'https'],
    ['loopback is: what that one saw', 'loopback', '198.51.100.1', 'https'],
  ])('Express, where %s', async (_name, trust, ...expected) => {
    expect(await ask(expressApp(trust, true))).toEqual(expected);
    spans.clear();
    const stop = tracing.instrumentHttp();
    expect(await ask(expressApp(trust, false))).toEqual(expected);
    stop();
  });

  it.each([
    ['nobody is trusted: the peer, whatever it claims', false, '127.0.0.1', 'http'],
    ['all are: the leftmost', true, '203.0.113.7', 'https'],
    ['loopback is: what that one saw', 'loopback', '198.51.100.1', 'https'],
  ])('Fastify, where %s', async (_name, trust, ...expected) => {
    expect(await askFastify(trust, true)).toEqual(expected);
    spans.clear();
    const stop = tracing.instrumentHttp();
    expect(await askFastify(trust, false)).toEqual(expected);
    stop();
  });

  it('a trust function that throws is reported, and the request is served', async () => {
    const throwing = () => {
      throw new Error('broken trust');
    };
    const stop = tracing.instrumentHttp();
    const span = await serve(expressApp(throwing, false));
    expect(span.attributes['client.address']).toBe('127.0.0.1');
    stop();
    expect(problems).toEqual(['naming the route of a request: Error: broken trust']);
  });

  it('a plain server knows its peer only', async () => {
    const stop = tracing.instrumentHttp();
    const span = await serve((_request, response) => response.end());
    expect(span.attributes['client.address']).toBe('127.0.0.1');
    stop();
  });

  it("Hono knows its peer where its server's adapter tells it", async () => {
    const app = new Hono();
    app.use(tracing.honoMiddleware());
    app.get('/x/:id', (context) => context.text('ok'));
    const address = await ask(async (incoming, outgoing) => {
      // As @hono/node-server does.
      const request = new Request(`http://127.0.0.1${incoming.url}`, { headers: FORWARDED });
      const response = await app.fetch(request, { incoming, outgoing });
      outgoing.end(await response.text());
    });
    expect(address).toEqual(['127.0.0.1', 'http']);
    spans.clear();
    await app.request('/x/1', { headers: FORWARDED });
    expect(spans.find('GET /x/:id')?.attributes).not.toHaveProperty('client.address');
  });
});
