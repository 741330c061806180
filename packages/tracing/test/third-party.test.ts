import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { fastify } from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';
import { recordSpans } from '../src/testing.ts';

const { tracing, spans } = recordSpans({ instrumentClients: false });
await tracing.start();
afterAll(() => tracing.stop());

describe("OpenTelemetry's instrumentations on this tracer", () => {
  it('undici: client spans within ours, and the context in its headers', async () => {
    const instrumentation = new UndiciInstrumentation();
    tracing.registerInstrumentations([instrumentation]);
    const server = http.createServer((request, response) => response.end(request.headers.traceparent));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const header = await tracing.traceRequest('work')(async () => {
      return (await fetch(`http://127.0.0.1:${port}/`)).text();
    })();
    const client = await spans.waitFor(({ scope }) => scope === '@opentelemetry/instrumentation-undici');
    expect(client).toMatchObject({ kind: 'client', parentSpanId: spans.find('work')?.spanId });
    expect(header).toBe(`00-${client.traceId}-${client.spanId}-03`);
    instrumentation.disable();
    server.closeAllConnections();
    server.close();
  });

  it('Fastify: request, hooks and handler as one tree', async () => {
    spans.clear();
    const instrumentation = new FastifyOtelInstrumentation();
    tracing.registerInstrumentations([instrumentation]);
    const app = fastify();
    await app.register(instrumentation.plugin());
    app.get('/x', async () => trace.getActiveSpan()?.spanContext().traceId);
    const { body } = await app.inject('/x');
    const handler = await spans.waitFor(/handler/);
    const root = await spans.waitFor('request');
    expect(handler.parentSpanId).toBe(root.spanId);
    expect(body).toBe(root.traceId);
    await app.close();
  });

  it('the API itself: active spans, links, baggage, in every form of startActiveSpan', () => {
    spans.clear();
    const tracer = trace.getTracer('own', '1.2.3');
    const other = tracer.startSpan('other', { root: true });
    tracer.startActiveSpan('a', (a) => {
      expect(trace.getActiveSpan()).toBe(a);
      tracer.startActiveSpan('b', { links: [{ context: other.spanContext() }] }, (b) => b.end());
      tracer.startActiveSpan('c', {}, ROOT_CONTEXT, (c) => c.end());
      a.end();
    });
    expect(spans.print()).toBe('c (internal)\na (internal)\n  b (internal)');
    expect(spans.find('b')?.links).toEqual([
      { traceId: other.spanContext().traceId, spanId: expect.any(String) },
    ]);
    expect(propagation.fields()).toContain('x-cloud-trace-context');
    other.end();
  });
});
