// One server under load: `node server.ts FRAMEWORK TRACER SINK_PORT`. Talks to overhead.ts over IPC.
import type http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Tracer } from '@opentelemetry/api';
import { alwaysOff, alwaysOn, parentBased, TracingService } from '@utxoiq/tracing';
import { startStock } from './stock.ts';

const [framework = 'fastify', tracer = 'bare', sinkPort = '0', backendPort = '0'] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const collector = `http://127.0.0.1:${sinkPort}`;
const backend = `http://127.0.0.1:${backendPort}/`;

const FASTIFY = ['@fastify/otel', 'FastifyOtelInstrumentation', { registerOnInitialization: true }] as const;

const service = tracer.startsWith('ours')
  ? new TracingService({
      projectId: 'bench',
      serviceName: 'bench',
      endpoint: collector,
      sampler: parentBased({ root: tracer === 'ours-unsampled' ? alwaysOff : alwaysOn }),
    })
  : null;
await service?.start();
if (!framework.startsWith('fastify')) service?.instrumentHttp();
/** Sends what is left: it belongs to the requests that were measured. */
const flush = tracer.startsWith('stock')
  ? startStock({
      collector,
      sampled: !tracer.includes('unsampled'),
      instrumentations: [
        ['@opentelemetry/instrumentation-http', 'HttpInstrumentation'],
        ['@opentelemetry/instrumentation-undici', 'UndiciInstrumentation'],
        ...(tracer.includes('fastify') ? [FASTIFY] : []),
      ],
    })
  : async () => void (await service?.flush());

const spans = (load('@opentelemetry/api') as typeof import('@opentelemetry/api')).trace.getTracer(
  'bench',
) as Tracer;
const answer = { hello: 'world' };
let requests = 0;
/** The cases that show growth do ten times as much. */
const times = framework.endsWith('-x10') ? 10 : 1;
/** As property names, so that the engine holds each of them once, as it does literals. */
const KEYS = Object.keys(
  Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`bench.attribute.${i}`, i])),
);

async function work(): Promise<typeof answer> {
  requests++;
  if (framework.endsWith('fetch')) await (await fetch(backend)).text();
  if (framework.startsWith('fastify-children')) {
    for (let i = 0; i < 10 * times; i++) {
      spans.startActiveSpan('step', (span) => span.setAttribute('i', i).end());
    }
  }
  if (framework.startsWith('fastify-attributes')) {
    spans.startActiveSpan('work', (span) => {
      // Every other value is another one with each request.
      for (let i = 0; i < 10 * times; i++) {
        span.setAttribute(KEYS[i] ?? '', i % 2 === 0 ? 'the same' : `${requests} ${i}`);
      }
      span.end();
    });
  }
  return answer;
}

async function listen(): Promise<number> {
  if (framework === 'http') {
    const server = (load('http') as typeof http).createServer((_request, response) => {
      requests++;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 17 });
      response.end('{"hello":"world"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  if (framework === 'express') {
    const app = load('express')();
    app.get('/hello', (_request: unknown, response: { json(body: unknown): void }) => {
      requests++;
      response.json(answer);
    });
    const server = await new Promise<http.Server>((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
    });
    return (server.address() as AddressInfo).port;
  }
  const app = load('fastify').fastify();
  service?.instrumentFastify(app);
  if (framework === 'fastify') {
    app.get('/hello', (_request: unknown, reply: { send(body: unknown): void }) => {
      requests++;
      reply.send(answer);
    });
  } else app.get('/hello', work);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
}

const port = await listen();
let cpuBefore = process.cpuUsage();
let requestsBefore = 0;
process.on('message', async (message) => {
  if (message === 'begin') {
    cpuBefore = process.cpuUsage();
    requestsBefore = requests;
    process.send?.({ began: true });
  } else {
    await flush();
    const used = process.cpuUsage(cpuBefore);
    process.send?.({
      requests: requests - requestsBefore,
      cpuUs: used.user + used.system,
      spans: service?.metrics().spansExported ?? 0,
      dropped: service?.metrics().spansDroppedQueueFull ?? 0,
    });
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
