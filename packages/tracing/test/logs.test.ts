import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { fastify } from 'fastify';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { alwaysOff } from '../src/index.ts';
import { recordSpans } from '../src/testing.ts';

const { tracing, spans } = recordSpans();
await tracing.start();
afterAll(() => tracing.stop());
beforeEach(() => spans.clear());

describe('logFields', () => {
  it("gives pino's lines the ids of the request they belong to, and Cloud Logging's fields", async () => {
    const lines: Record<string, unknown>[] = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const app = fastify({ logger: { stream, mixin: () => tracing.logFields() } });
    tracing.instrumentFastify(app);
    app.get('/x', async (request) => {
      await null;
      request.log.info('found');
      return 'ok';
    });
    app.log.info('outside');
    await app.inject({ url: '/x', headers: { 'x-correlation-id': 'order-7' } });
    const span = await spans.waitFor('GET /x');
    expect(lines.find(({ msg }) => msg === 'found')).toMatchObject({
      trace_id: span.traceId,
      span_id: span.spanId,
      correlation_id: 'order-7',
      'logging.googleapis.com/trace': span.traceId,
      'logging.googleapis.com/spanId': span.spanId,
      'logging.googleapis.com/trace_sampled': true,
    });
    expect(lines.find(({ msg }) => msg === 'outside')).not.toHaveProperty('trace_id');
    await app.close();
  });

  it('gives any logger the fields of the innermost span', () => {
    const log = (message: string) => ({ message, ...tracing.logFields() });
    const inner = tracing.traceRequest('inner')(() => log('within'));
    const line = tracing.traceRequest('outer')(inner)();
    expect(line).toMatchObject({ message: 'within', span_id: spans.find('inner')?.spanId });
    expect(log('outside')).toEqual({ message: 'outside' });
  });

  it('tells an unsampled span as such', async () => {
    const own = recordSpans({ sampler: alwaysOff });
    const span = own.tracing.getTracer('test').startSpan('quiet');
    const fields = tracing.withoutTracing(() => {
      return trace
        .getTracer('x')
        .startActiveSpan('y', {}, trace.setSpan(ROOT_CONTEXT, span), () => tracing.logFields());
    });
    expect(fields).toMatchObject({
      trace_id: span.spanContext().traceId,
      'logging.googleapis.com/trace_sampled': false,
    });
    await own.tracing.stop();
  });
});
