import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { alwaysOff, alwaysOn, parentBased, rateLimited, ratio, type Sampler } from '../src/index.ts';
import { recordSpans } from '../src/testing.ts';
import { newTraceId } from '../src/tracer/ids.ts';

const decide = (sampler: Sampler, traceId: string, context = ROOT_CONTEXT, attributes = {}) =>
  sampler.shouldSample(context, traceId, 'name', SpanKind.SERVER, attributes, []).decision;

describe('head samplers', () => {
  it('ratio keeps the very traces that OpenTelemetry keeps', () => {
    for (const share of [0, 0.01, 0.3, 0.999, 1]) {
      const [ours, theirs] = [ratio(share), new TraceIdRatioBasedSampler(share)];
      for (let i = 0; i < 500; i++) {
        const traceId = newTraceId().digits;
        expect(decide(ours, traceId)).toBe(theirs.shouldSample(ROOT_CONTEXT, traceId).decision);
      }
    }
  });

  it('parentBased decides as OpenTelemetry does for every kind of parent', () => {
    const ours = parentBased({ root: alwaysOff, remoteParentNotSampled: alwaysOn });
    const theirs = new ParentBasedSampler({
      root: { shouldSample: () => ({ decision: 0 }), toString: () => '' },
      remoteParentNotSampled: { shouldSample: () => ({ decision: 2 }), toString: () => '' },
    });
    for (const isRemote of [true, false]) {
      for (const traceFlags of [0, 1]) {
        const parent = { traceId: newTraceId().digits, spanId: 'b7ad6b7169203331', traceFlags, isRemote };
        const context = trace.setSpanContext(ROOT_CONTEXT, parent);
        const expected = theirs.shouldSample(
          context,
          parent.traceId,
          'name',
          SpanKind.SERVER,
          {},
          [],
        ).decision;
        expect(decide(ours, parent.traceId, context)).toBe(expected);
        expect(ours.quick(traceFlags, isRemote)?.decision).toBe(expected);
      }
    }
    expect(decide(ours, newTraceId().digits)).toBe(0);
  });

  it('rateLimited keeps so many of each route a second, and says for how many each stands', () => {
    let now = 1;
    const sampler = rateLimited({ perSecond: 2, now: () => now });
    const kept = (route: string) =>
      sampler.shouldSample(
        ROOT_CONTEXT,
        newTraceId().digits,
        'GET',
        SpanKind.SERVER,
        { 'http.route': route },
        [],
      );
    const busy = Array.from({ length: 10 }, () => kept('/busy').decision);
    expect(busy.filter((decision) => decision === 2)).toHaveLength(2);
    expect(kept('/rare').decision).toBe(2);
    now += 1000;
    expect(kept('/busy').attributes).toEqual({ 'sampling.adjusted_count': 9 });
  });

  it('a sampler that throws drops the span and is reported once', async () => {
    const problems: string[] = [];
    const { tracing, spans } = recordSpans({
      onProblem: ({ message }) => problems.push(message),
      sampler: {
        shouldSample() {
          throw new Error('bad sampler');
        },
        toString: () => 'bad',
      },
    });
    await tracing.start();
    const traced = tracing.traceRequest('x')(() => 5);
    expect([traced(), traced()]).toEqual([5, 5]);
    await tracing.stop();
    expect(spans.all).toHaveLength(0);
    expect(problems).toEqual([expect.stringContaining('bad sampler')]);
  });
});

describe('sampling by outcome', () => {
  function service(options: Parameters<typeof recordSpans>[0] = {}) {
    const { tracing, spans } = recordSpans({ outcomeSampling: { ratio: 0, slowMs: 1000 }, ...options });
    const tracer = tracing.getTracer('test');
    const request = (durationMs: number, failingChild = false) => {
      const root = tracer.startSpan('root', { startTime: 1_800_000_000_000 }, ROOT_CONTEXT);
      const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root));
      if (failingChild) child.setStatus({ code: SpanStatusCode.ERROR });
      child.end();
      root.end(1_800_000_000_000 + durationMs);
    };
    return { tracing, spans, request };
  }

  it('keeps errors and slow requests whole, and drops the rest', () => {
    const { tracing, spans, request } = service();
    request(10);
    expect(spans.all).toHaveLength(0);
    request(10, true);
    request(1500);
    expect(spans.all.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['child', { 'sampling.kept_for': 'error', 'sampling.adjusted_count': 1 }],
      ['root', { 'sampling.kept_for': 'error', 'sampling.adjusted_count': 1 }],
      ['child', { 'sampling.kept_for': 'slow', 'sampling.adjusted_count': 1 }],
      ['root', { 'sampling.kept_for': 'slow', 'sampling.adjusted_count': 1 }],
    ]);
    expect(tracing.metrics().spansSampledOut).toBe(2);
  });

  it('keeps what is slow for its own route', () => {
    const { spans, request } = service({ outcomeSampling: { ratio: 0 } });
    for (let i = 0; i < 500; i++) request(10);
    expect(spans.all).toHaveLength(0);
    request(200);
    expect(spans.find('root')?.attributes['sampling.kept_for']).toBe('slow');
  });

  it('counts extrapolate: kept spans stand for all requests', () => {
    const { spans, request } = service({ outcomeSampling: { ratio: 0.2, slowerThanRouteP99: false } });
    for (let i = 0; i < 5000; i++) request(10, i % 50 === 0);
    const stands = spans.findAll('root').reduce((sum, { attributes }) => {
      return sum + Number(attributes['sampling.adjusted_count']);
    }, 0);
    expect(stands).toBeGreaterThan(4400);
    expect(stands).toBeLessThan(5600);
    expect(spans.findAll(({ attributes }) => attributes['sampling.kept_for'] === 'error')).toHaveLength(200);
  });

  it('holds no more traces than allowed, and decides spans that come after their root alike', () => {
    const { tracing, spans } = recordSpans({ outcomeSampling: { ratio: 0, maxOpenTraces: 3 } });
    const tracer = tracing.getTracer('test');
    const roots = Array.from({ length: 5 }, () => tracer.startSpan('root', {}, ROOT_CONTEXT));
    for (const root of roots) tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    const late = tracer.startSpan('late', {}, trace.setSpan(ROOT_CONTEXT, roots[4] as Span));
    roots[4]?.setStatus({ code: SpanStatusCode.ERROR });
    for (const root of roots) root.end();
    late.end();
    expect(spans.all.map(({ name }) => name)).toEqual(['child', 'root', 'late']);
  });
});
