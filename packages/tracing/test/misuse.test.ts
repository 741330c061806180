import { createContextKey, ROOT_CONTEXT, type Span, type SpanOptions, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { MemoryTransport } from './memory-transport.ts';

const fail = (): never => {
  throw new Error('of the host');
};
const getter = {
  get a(): string {
    return fail();
  },
};
const nested = (depth: number): unknown => (depth === 0 ? 'x' : { in: nested(depth - 1) });
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const traceId = 'a'.repeat(32);
const spanId = 'b'.repeat(16);
const badState = { serialize: fail };

/** What programs without types do to a span. */
const CALLS: Record<string, (span: Span) => unknown> = {
  'a getter among attributes': (span) => span.setAttributes(getter),
  'a getter in a value': (span) => span.setAttribute('x', getter as never),
  'a revoked proxy': (span) => span.setAttribute('x', revoked() as never).setAttributes(revoked() as never),
  'a value nested deeper than protobuf reads': (span) => span.setAttribute('x', nested(200) as never),
  'keys that are no strings': (span) =>
    [Symbol('k'), 5, undefined, {}].map((key) => span.setAttribute(key as never, 'v')),
  'no name': (span) => span.updateName(undefined as never),
  'a name without text': (span) => span.updateName(Object.create(null)),
  'no status': (span) => span.setStatus(undefined as never),
  'a status that is none': (span) => [7, 'ERROR', -1].map((code) => span.setStatus({ code } as never)),
  'links to nothing': (span) =>
    [
      null,
      {},
      { context: { traceId: 'zz', spanId: 5 } },
      {
        get context() {
          return fail();
        },
      },
    ].map((link) => span.addLink(link as never)),
  'a link with ids that are too long': (span) =>
    span.addLink({ context: { traceId: traceId.repeat(20), spanId: spanId.repeat(20), traceFlags: 1 } }),
  'a link whose state throws': (span) =>
    span.addLink({ context: { traceId, spanId, traceFlags: 1, traceState: badState as never } }),
  'no links': (span) => span.addLinks(undefined as never),
  'an event without a name': (span) => span.addEvent(Object.create(null), getter),
  'exceptions that throw': (span) =>
    [
      getter,
      {
        get name() {
          return fail();
        },
      },
      { code: Object.create(null) },
    ].map((thrown) => span.recordException(thrown as never)),
};
const TIMES: readonly unknown[] = [
  'never',
  {},
  null,
  false,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  new Date(Number.NaN),
  [Number.NaN, 0],
  [-1, 0],
  [1e300, 0],
  new Date(8.64e15),
];
const STARTS: Record<string, (begin: (name: string, options?: SpanOptions, parent?: never) => Span) => Span> =
  {
    'without a name, options or context': (begin) => begin(undefined as never, null as never, null as never),
    'with attributes that throw': (begin) => begin('s', { attributes: getter }),
    'with a kind that is none': (begin) => begin('s', { kind: 254 as never }),
    'with links that are none': (begin) => begin('s', { links: 5 as never }),
    'within a span that throws': (begin) =>
      begin('s', {}, trace.setSpan(ROOT_CONTEXT, { spanContext: fail } as never) as never),
    'within a span without a context': (begin) =>
      begin('s', {}, trace.setSpan(ROOT_CONTEXT, { spanContext() {} } as never) as never),
    'within a trace whose state throws': (begin) =>
      begin(
        's',
        {},
        trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId,
          traceFlags: 1,
          traceState: badState as never,
        }) as never,
      ),
    'in a context of the API': (begin) =>
      begin('s', {}, ROOT_CONTEXT.setValue(createContextKey('k'), 1) as never),
  };

/** What is exported; reading it fails where one span has made the whole batch unreadable. */
async function exported(make: (tracing: TracingService) => void) {
  const transport = new MemoryTransport();
  const tracing = new TracingService({ transport, flushOnExit: false, onProblem: fail }, {});
  make(tracing);
  tracing.getTracer('test').startSpan('after').end();
  await tracing.stop();
  return transport.spans;
}

describe('an API that is used wrongly', () => {
  it.each(Object.entries(CALLS))('%s: the program goes on, the span goes out', async (_what, call) => {
    const spans = await exported((tracing) => {
      const span = tracing.getTracer('test').startSpan('case');
      call(span);
      span.end();
    });
    expect(spans).toHaveLength(2);
  });

  it.each(Object.entries(STARTS))('started %s: it goes out', async (_what, start) => {
    const spans = await exported((tracing) => {
      const tracer = tracing.getTracer('test');
      start((name, options, parent) => tracer.startSpan(name, options, parent)).end();
    });
    expect(spans).toHaveLength(2);
  });

  it('a time that is none counts as not given', async () => {
    const before = BigInt(Date.now() - 60_000) * 1_000_000n;
    const spans = await exported((tracing) => {
      for (const time of TIMES) {
        const span = tracing.getTracer('test').startSpan('timed', { startTime: time as never });
        span.addEvent('event', {}, time as never).end(time as never);
      }
    });
    for (const { start, end, events } of spans as unknown as {
      start: bigint;
      end: bigint;
      events: unknown;
    }[]) {
      expect(start).toBeGreaterThan(before);
      expect(end).toBeGreaterThanOrEqual(start);
      for (const event of events as { time: bigint }[]) expect(event.time).toBeGreaterThan(before);
    }
  });

  it('tracers without a name are tracers, and no two names are one', async () => {
    const spans = await exported((tracing) => {
      tracing
        .getTracer(undefined as never, null as never)
        .startSpan('nameless')
        .end();
      expect(tracing.getTracer('a@b', 'c')).not.toBe(tracing.getTracer('a', 'b@c'));
    });
    expect(spans).toHaveLength(2);
  });

  it('a Buffer is copied: what becomes of it later does not reach the span', async () => {
    const bytes = Buffer.from('abc');
    const [span] = await exported((tracing) => {
      const begun = tracing
        .getTracer('test')
        .startSpan('bytes')
        .setAttribute('bytes', bytes as never);
      bytes.fill(0);
      begun.end();
    });
    expect(span?.attributes).toEqual({ bytes: { bytes: '616263' } });
  });
});
