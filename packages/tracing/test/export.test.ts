import { describe, expect, it } from 'vitest';
import { resultOfAnswer, retryAfterMs } from '../src/export/otlp-response.ts';
import type { SendResult } from '../src/export/send-result.ts';
import { alwaysOff, TracingService } from '../src/index.ts';
import { MemoryTransport } from './memory-transport.ts';

const RETRY: SendResult = { status: 'retry', afterMs: 1, reason: 'away' };

function service(transport: MemoryTransport, options = {}) {
  const problems: string[] = [];
  const tracing = new TracingService(
    { transport, flushOnExit: false, onProblem: ({ code }) => problems.push(code), ...options },
    {},
  );
  const make = (count: number, name = 'span') => {
    const tracer = tracing.getTracer('test');
    for (let i = 0; i < count; i++) tracer.startSpan(name, { attributes: { i } }).end();
  };
  return { tracing, problems, make };
}

describe('export', () => {
  it('sends everything at stop, in batches of the size asked for', async () => {
    const transport = new MemoryTransport();
    const { tracing, make } = service(transport, { maxBatchBytes: 2000 });
    make(500);
    await tracing.stop();
    expect(transport.spans).toHaveLength(500);
    for (const body of transport.bodies) expect(body.length).toBeLessThan(2700);
    const { batchesExported, exportDurationMs } = tracing.metrics();
    expect(tracing.metrics()).toMatchObject({ spansExported: 500, queuedBytes: 0 });
    expect(batchesExported).toBe(transport.bodies.length);
    expect(exportDurationMs).toBeGreaterThan(0);
  });

  it('sends by itself soon after spans have ended', async () => {
    const transport = new MemoryTransport();
    const { tracing, make } = service(transport, { flushIntervalMs: 20 });
    make(1);
    await expect.poll(() => transport.spans.length).toBe(1);
    await tracing.stop();
  });

  it('tries again until the collector answers, and reports its absence once', async () => {
    const transport = new MemoryTransport([RETRY, RETRY, RETRY]);
    const { tracing, make, problems } = service(transport);
    make(10);
    await tracing.stop();
    expect(transport.spans).toHaveLength(10);
    expect(tracing.metrics().exportRetries).toBe(3);
    expect(problems).toEqual(['UNREACHABLE']);
  });

  it('drops the newest when the queue is full, counted and reported once', async () => {
    const transport = new MemoryTransport([RETRY]);
    const { tracing, make, problems } = service(transport, { maxQueueBytes: 5000, maxBatchBytes: 1000 });
    make(300);
    await tracing.stop();
    const { spansExported, spansDroppedQueueFull } = tracing.metrics();
    expect(spansDroppedQueueFull).toBeGreaterThan(0);
    expect(spansExported + spansDroppedQueueFull).toBe(300);
    expect(transport.spans.map(({ attributes }) => attributes.i)).toContainEqual({ int: 0n });
    expect(problems.toSorted()).toEqual(['QUEUE_FULL', 'UNREACHABLE']);
  });

  it('gives up refused batches at once, with the reason', async () => {
    const transport = new MemoryTransport([{ status: 'refused', reason: 'HTTP 404' }]);
    const { tracing, make, problems } = service(transport);
    make(3);
    await tracing.stop();
    expect(tracing.metrics().spansDroppedRejected).toBe(3);
    expect(problems).toEqual(['REFUSED']);
  });

  it('gives up at stop after its time, and counts what is lost', async () => {
    const transport = new MemoryTransport(Array.from({ length: 100 }, () => RETRY));
    const { tracing, make } = service(transport, { stopTimeoutMs: 30 });
    make(3);
    await tracing.stop();
    expect(tracing.metrics().spansDroppedUnreachable).toBe(3);
  });

  it('survives a transport and a report that throw', async () => {
    const transport = new MemoryTransport();
    transport.send = () => Promise.reject(new Error('broken transport'));
    const { tracing, make } = service(transport, {
      stopTimeoutMs: 30,
      onProblem: () => {
        throw new Error('broken logger');
      },
    });
    make(1);
    await tracing.stop();
    expect(tracing.metrics().spansDroppedUnreachable).toBe(1);
  });

  it('stop() twice is one stop, and what ends later is counted, not sent', async () => {
    const transport = new MemoryTransport();
    const { tracing, make } = service(transport);
    await tracing.start();
    expect(tracing.stop()).toBe(tracing.stop());
    await tracing.stop();
    make(2);
    await tracing.flush();
    expect(transport.spans).toEqual([]);
    expect(tracing.metrics()).toMatchObject({ spansExported: 0, spansDroppedUnreachable: 2, queuedBytes: 0 });
  });

  it('spans that have not ended by stop() are counted, and reported once', async () => {
    const transport = new MemoryTransport();
    const { tracing, make, problems } = service(transport);
    make(3);
    const tracer = tracing.getTracer('test');
    const forgotten = [tracer.startSpan('forgotten'), tracer.startSpan('forgotten too')];
    expect(tracing.metrics().openSpans).toBe(2);
    expect(problems).toEqual([]);
    await tracing.stop();
    expect(problems).toEqual(['NEVER_ENDED']);
    expect(tracing.metrics()).toMatchObject({ openSpans: 2, spansExported: 3 });
    forgotten[0]?.end();
    await tracing.flush();
    expect(tracing.metrics()).toMatchObject({ openSpans: 1, spansDroppedUnreachable: 1 });
  });

  it('spans that a sampler drops, before or after they ended, are not taken for forgotten ones', async () => {
    const outcomeSampling = { ratio: 0, slowerThanRouteP99: false };
    for (const options of [{ sampler: alwaysOff }, { outcomeSampling }]) {
      const { tracing, make, problems } = service(new MemoryTransport(), options);
      make(10);
      expect(tracing.metrics()).toMatchObject({ openSpans: 0, spansSampledOut: 10 });
      await tracing.stop();
      expect(problems).toEqual([]);
    }
  });

  it('a collector that claims to have rejected more than it got leaves sums as they are', async () => {
    const absurd: SendResult = { status: 'ok', rejectedSpans: 2 ** 64, message: '' };
    const { tracing, make } = service(new MemoryTransport([absurd]));
    make(3);
    await tracing.stop();
    expect(tracing.metrics()).toMatchObject({ spansExported: 0, spansDroppedRejected: 3 });
  });

  it.each([0, 1e12])('is not asked again at once by a Retry-After of %d ms', async (afterMs) => {
    const answers: SendResult[] = Array(1000).fill({ ...RETRY, afterMs });
    const { tracing, make } = service(new MemoryTransport(answers), { flushIntervalMs: 1, stopTimeoutMs: 1 });
    make(1);
    await expect.poll(() => tracing.metrics().exportRetries).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 40));
    // Ten pauses take 12 seconds at least.
    expect(tracing.metrics().exportRetries).toBeLessThan(10);
    await tracing.stop();
  });

  it('wrong attribute values are dropped and counted, the span goes out', async () => {
    const transport = new MemoryTransport();
    const { tracing } = service(transport);
    const span = tracing.getTracer('test').startSpan('odd');
    span.setAttribute('bad', Symbol('x')).setAttribute('', 1).setAttribute('ok', 1n);
    span.end();
    await tracing.stop();
    expect(transport.spans[0]?.attributes).toEqual({ ok: { int: 1n } });
    expect(tracing.metrics().invalidAttributes).toBe(2);
  });
});

describe('answers of a collector', () => {
  const answer = (status: number, contentType = '', body = '', retryAfter?: string) =>
    resultOfAnswer({ status, contentType, body: Buffer.from(body, 'latin1'), retryAfter });

  it('tells success, partial success, retry and refusal apart', () => {
    expect(answer(200, 'application/x-protobuf')).toEqual({ status: 'ok', rejectedSpans: 0, message: '' });
    expect(answer(200, 'application/x-protobuf', '\x0a\x07\x08\x05\x12\x03bad')).toEqual({
      status: 'ok',
      rejectedSpans: 5,
      message: 'bad',
    });
    expect(answer(503, '', '', '2')).toEqual({ status: 'retry', afterMs: 2000, reason: 'HTTP 503' });
    expect(answer(400, 'application/x-protobuf', '\x08\x03\x12\x05wrong')).toEqual({
      status: 'refused',
      reason: 'HTTP 400: wrong',
    });
    expect(answer(200, 'text/html', '<html>Welcome</html>').status).toBe('refused');
  });

  it('reads Retry-After as seconds and as a date', () => {
    expect(retryAfterMs('3')).toBe(3000);
    expect(retryAfterMs('Sun, 22 Nov 2026 00:00:10 GMT', Date.UTC(2026, 10, 22))).toBe(10_000);
    expect(retryAfterMs('soon')).toBeNull();
    expect(retryAfterMs(undefined)).toBeNull();
  });

  it('reads any bytes without throwing', () => {
    for (let i = 0; i < 2000; i++) {
      const body = Buffer.from(crypto.getRandomValues(new Uint8Array(i % 40)));
      resultOfAnswer({ status: i % 2 ? 200 : 400, contentType: 'x-protobuf', body, retryAfter: undefined });
    }
  });
});
