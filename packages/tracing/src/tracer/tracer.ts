import {
  type Attributes,
  type Context,
  INVALID_SPAN_CONTEXT,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { activeContext, currentContext } from '../context/context-manager.ts';
import { bagOf, SPAN_KEY, SUPPRESS_TRACING_KEY } from '../context/span-frame.ts';
import { joinsTrace } from '../propagation/remote-parent.ts';
import { Decision, DROP, type Sampler, type SamplingResult } from '../sampling/sampler.ts';
import { hrTimeOf } from './clock.ts';
import { newSpanId, newTraceId } from './ids.ts';
import { PropagatedSpan } from './propagated-span.ts';
import { RecordingSpan } from './span.ts';
import type { SpanPipeline } from './span-pipeline.ts';

/** W3C trace context level 2: the trace id is random, so its bits may be used for sampling. */
const RANDOM_FLAG = 0x02;
const SAMPLED_FLAG = 0x01;
const NO_ATTRIBUTES: Attributes = Object.freeze({});
const NO_LINKS: Link[] = [];

export class SdkTracer implements Tracer {
  readonly pipeline: SpanPipeline;
  private readonly sampler: Sampler;
  private readonly onError: (what: string, error: unknown) => void;

  constructor(pipeline: SpanPipeline, sampler: Sampler, onError: (what: string, error: unknown) => void) {
    this.pipeline = pipeline;
    this.sampler = sampler;
    this.onError = onError;
  }

  startSpan(name: string, options: SpanOptions = {}, context: Context = currentContext()): Span {
    const within = options.root === true ? bagOf(context) : context;
    if (within.getValue(SUPPRESS_TRACING_KEY) === true) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const span = this.begin(name, options.kind ?? SpanKind.INTERNAL, within, options);
    if (!(span instanceof RecordingSpan)) return span;
    if (options.startTime !== undefined) span.startTime = hrTimeOf(options.startTime);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = rest.at(-1) as F;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : undefined;
    const parent = rest.length > 2 ? (rest[1] as Context) : currentContext();
    const span = this.startSpan(name, options, parent);
    return activeContext.run(trace.setSpan(parent, span), fn, span) as ReturnType<F>;
  }

  /** The span and nothing around it: what instrumentations call, with a context that is not suppressed. */
  begin(
    name: string,
    kind: SpanKind,
    context: Context,
    options?: Pick<SpanOptions, 'attributes' | 'links'>,
  ): RecordingSpan | PropagatedSpan {
    const parentSpan = context.getValue(SPAN_KEY) as Span | undefined;
    const parent = validContext(parentSpan);
    const traceId = parent?.traceId ?? joinedTraceId(parentSpan) ?? newTraceId();
    const sampled = this.sample(name, kind, context, traceId, options);
    const metrics = this.pipeline.metrics;
    metrics.spansStarted++;
    const random = parent === undefined ? RANDOM_FLAG : parent.traceFlags & RANDOM_FLAG;
    const traceFlags = sampled.decision === Decision.recordAndSample ? random | SAMPLED_FLAG : random;
    const traceState = sampled.traceState ?? parent?.traceState;
    const bag = bagOf(context);
    if (sampled.decision === Decision.drop) {
      metrics.spansSampledOut++;
      const own = { traceId, spanId: newSpanId(), traceFlags, ...(traceState && { traceState }) };
      return new PropagatedSpan(own, bag, correlationIdOf(parentSpan));
    }
    const localRoot = parentSpan instanceof RecordingSpan ? parentSpan.localRoot : undefined;
    const span = new RecordingSpan(
      this.pipeline,
      { traceId, spanId: newSpanId(), traceFlags, traceState, parent, localRoot, bag },
      name,
      kind,
    );
    if (options?.attributes !== undefined || sampled.attributes !== undefined) {
      span.begin({ ...options?.attributes, ...sampled.attributes });
    }
    if (options?.links !== undefined) this.addLinks(span, options.links);
    return span;
  }

  private addLinks(span: RecordingSpan, links: readonly Link[]): void {
    for (const link of links) span.addLink(link);
  }

  private sample(
    name: string,
    kind: SpanKind,
    context: Context,
    traceId: string,
    options?: Pick<SpanOptions, 'attributes' | 'links'>,
  ): SamplingResult {
    try {
      const { attributes = NO_ATTRIBUTES, links = NO_LINKS } = options ?? {};
      return this.sampler.shouldSample(context, traceId, name, kind, attributes, links);
    } catch (error) {
      this.onError('the sampler threw', error);
      return DROP;
    }
  }
}

function validContext(span: Span | undefined): SpanContext | undefined {
  if (span === undefined) return undefined;
  const context = span.spanContext();
  if (span instanceof RecordingSpan || trace.isSpanContextValid(context)) return context;
  return undefined;
}

/** The trace that headers without a span id asked to join. */
function joinedTraceId(span: Span | undefined): string | undefined {
  const context = span?.spanContext();
  return joinsTrace(context) ? context.traceId : undefined;
}

/** The correlation id of the request that a span belongs to, empty where none is known. */
export function correlationIdOf(span: Span | undefined): string {
  if (span instanceof RecordingSpan) return span.localRoot.correlationId;
  return span instanceof PropagatedSpan ? span.correlationId : '';
}
