import {
  type Attributes,
  type Context,
  INVALID_SPAN_CONTEXT,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { currentContext } from '../context/context-manager.ts';
import { runInContext } from '../context/run-in-context.ts';
import { bagOf, isContextual, isSuppressed, SPAN_KEY } from '../context/span-frame.ts';
import type { ClientLibrary } from '../instrumentation/client-span.ts';
import { clientTarget } from '../instrumentation/client-target.ts';
import { HttpClientSpan } from '../instrumentation/http-client-span.ts';
import { type Client, HttpServerSpan, type RequestFacts } from '../instrumentation/http-server-span.ts';
import type { RouteTemplate } from '../instrumentation/route-template.ts';
import { isDeferred, joinsTrace } from '../propagation/remote-parent.ts';
import {
  Decision,
  DROP,
  NO_PARENT,
  type QuickSampler,
  quickOf,
  type Sampler,
  type SamplingResult,
} from '../sampling/sampler.ts';
import { textOf } from './attribute-values.ts';
import { hrTimeOf, isTimeInput } from './clock.ts';
import { newTraceId, TraceId } from './ids.ts';
import { PropagatedSpan } from './propagated-span.ts';
import { RecordingSpan, type SpanBirth } from './span.ts';
import type { SpanPipeline } from './span-pipeline.ts';

type SpanContent = Pick<SpanOptions, 'attributes' | 'links'>;

/** W3C trace context level 2: the trace id is random, so its bits may be used for sampling. */
const RANDOM_FLAG = 0x02;
const SAMPLED_FLAG = 0x01;
const NO_ATTRIBUTES: Attributes = Object.freeze({});
const NO_LINKS: Link[] = [];
const NO_OPTIONS: SpanOptions = Object.freeze({});
const KINDS: ReadonlySet<unknown> = new Set([0, 1, 2, 3, 4] satisfies SpanKind[]);

export class SdkTracer implements Tracer {
  readonly pipeline: SpanPipeline;
  private readonly sampler: Sampler;
  private readonly quick: QuickSampler['quick'] | null;
  private readonly onError: (what: string, error: unknown) => void;

  constructor(pipeline: SpanPipeline, sampler: Sampler, onError: (what: string, error: unknown) => void) {
    this.pipeline = pipeline;
    this.sampler = sampler;
    this.quick = 'quick' in sampler ? quickOf(sampler) : null;
    this.onError = onError;
  }

  startSpan(name: string, given?: SpanOptions | null, parent?: Context | null): Span {
    const options = given ?? NO_OPTIONS;
    const context = parent ?? currentContext();
    const within = options.root === true ? bagOf(context) : context;
    if (isSuppressed(within)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const { kind = SpanKind.INTERNAL, startTime } = options;
    const span = this.begin(textOf(name), KINDS.has(kind) ? kind : SpanKind.INTERNAL, within, options);
    if (!(span instanceof RecordingSpan)) return span;
    if (startTime !== undefined && isTimeInput(startTime)) span.extras().startTime = hrTimeOf(startTime);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = rest.at(-1) as F;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : undefined;
    const parent = (rest.length > 2 ? (rest[1] as Context | undefined) : undefined) ?? currentContext();
    const span = this.startSpan(name, options, parent);
    // A span of ours is a context with the parent's bag.
    const context = isContextual(span) ? span : trace.setSpan(parent, span);
    return runInContext(context, fn, span) as ReturnType<F>;
  }

  /** The span and nothing around it: what instrumentations call, with a context that is not suppressed. */
  begin(
    name: string,
    kind: SpanKind,
    context: Context,
    options?: SpanContent,
  ): RecordingSpan | PropagatedSpan {
    const birth = this.prepare(name, kind, context, options);
    if (birth instanceof PropagatedSpan) return birth;
    const span = new RecordingSpan(this.pipeline, birth, name, kind);
    if (options?.attributes !== undefined) span.begin(options.attributes);
    if (birth.samplerAttributes !== undefined) span.setAttributes(birth.samplerAttributes);
    if (options?.links !== undefined) span.addLinks(options.links);
    return span;
  }

  /** The span of an incoming request. */
  beginServer(
    template: RouteTemplate,
    context: Context,
    facts: RequestFacts,
    client: Client,
  ): HttpServerSpan | PropagatedSpan {
    const birth = this.prepare(
      template.spanName,
      SpanKind.SERVER,
      context,
      this.samplerFacts(template, facts),
    );
    if (birth instanceof PropagatedSpan) return birth;
    const span = new HttpServerSpan(this.pipeline, birth, template, facts, client);
    if (birth.samplerAttributes !== undefined) span.setAttributes(birth.samplerAttributes);
    return span;
  }

  /** The span of an outgoing request. */
  beginClient<Request>(
    context: Context,
    request: Request,
    library: ClientLibrary<Request>,
  ): HttpClientSpan | PropagatedSpan {
    const method = library.method(request);
    const birth = this.prepare(method, SpanKind.CLIENT, context, undefined);
    if (birth instanceof PropagatedSpan) return birth;
    const target = clientTarget(method, library.origin(request));
    const span = new HttpClientSpan(this.pipeline, birth, target, library.path(request));
    if (birth.samplerAttributes !== undefined) span.setAttributes(birth.samplerAttributes);
    return span;
  }

  /** What a sampler that looks at more than the parent may want to know. */
  private samplerFacts(template: RouteTemplate, facts: RequestFacts): SpanContent | undefined {
    if (this.quick !== null) return undefined;
    return {
      attributes: {
        'http.request.method': template.method,
        'http.route': template.route,
        'url.path': facts.url?.split('?', 1)[0],
      },
    };
  }

  /** Ids, flags and the sampler's decision; a span that only propagates where it says no. */
  private prepare(
    name: string,
    kind: SpanKind,
    context: Context,
    options: SpanContent | undefined,
  ): (SpanBirth & { readonly samplerAttributes: Attributes | undefined }) | PropagatedSpan {
    const active = context === ROOT_CONTEXT ? undefined : (context.getValue(SPAN_KEY) as Span | undefined);
    const parentSpan = active instanceof RecordingSpan ? active : undefined;
    const parent = parentSpan === undefined ? validContext(active) : undefined;
    const inherited = parentSpan ?? parent;
    const joined = inherited === undefined ? joinedTraceId(active) : undefined;
    const given = parent?.traceId ?? joined;
    const trace = parentSpan?.trace ?? (given === undefined ? newTraceId() : new TraceId(given));
    const parentFlags =
      inherited === undefined || (parent && isDeferred(parent)) ? NO_PARENT : inherited.traceFlags;
    const result =
      (joined === undefined ? this.quick?.(parentFlags, parent?.isRemote === true) : null) ??
      this.sample(name, kind, context, trace.digits, options);
    this.pipeline.metrics.spansStarted++;
    const random =
      inherited === undefined ? (joined === undefined ? RANDOM_FLAG : 0) : inherited.traceFlags & RANDOM_FLAG;
    const traceFlags = result.decision === Decision.recordAndSample ? random | SAMPLED_FLAG : random;
    const traceState = result.traceState ?? inherited?.traceState;
    const bag = context === parentSpan ? parentSpan.bag : bagOf(context);
    if (result.decision === Decision.drop) {
      this.pipeline.metrics.spansSampledOut++;
      return new PropagatedSpan(trace.digits, traceFlags, traceState, bag, correlationIdOf(active));
    }
    return { trace, traceFlags, traceState, parent, parentSpan, bag, samplerAttributes: result.attributes };
  }

  private sample(
    name: string,
    kind: SpanKind,
    context: Context,
    traceId: string,
    options: SpanContent | undefined,
  ): SamplingResult {
    try {
      const { attributes = NO_ATTRIBUTES, links = NO_LINKS } = options ?? {};
      const result: SamplingResult | undefined = this.sampler.shouldSample(
        context,
        traceId,
        name,
        kind,
        attributes,
        links,
      );
      if (typeof result?.decision === 'number') return result;
      throw new Error(`it decided ${String(result)}`);
    } catch (error) {
      this.onError('the sampler failed', error);
      return DROP;
    }
  }
}

function validContext(span: Span | undefined): SpanContext | undefined {
  const context = contextOf(span);
  if (context === undefined) return undefined;
  return span instanceof PropagatedSpan || trace.isSpanContextValid(context) ? context : undefined;
}

function contextOf(span: Span | undefined): SpanContext | undefined {
  try {
    return span?.spanContext();
  } catch {
    return undefined; // A span of the host's own.
  }
}

/** The trace that headers without a span id asked to join. */
function joinedTraceId(span: Span | undefined): string | undefined {
  const context = contextOf(span);
  return joinsTrace(context) ? context.traceId : undefined;
}

/** The correlation id of the request that a span belongs to, empty where none is known. */
export function correlationIdOf(span: Span | undefined): string {
  if (span instanceof RecordingSpan) return span.localRoot.correlationId;
  return span instanceof PropagatedSpan ? span.correlationId : '';
}
