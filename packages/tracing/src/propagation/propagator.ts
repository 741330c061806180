import type { IncomingHttpHeaders } from 'node:http';
import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { bagOf, isSuppressed } from '../context/span-frame.ts';
import { PropagatedSpan } from '../tracer/propagated-span.ts';
import { RecordingSpan } from '../tracer/span.ts';
import { correlationIdOf } from '../tracer/tracer.ts';
import { B3_HEADERS, B3_SINGLE_HEADER, formatB3Single, parseB3Multi, parseB3Single } from './b3.ts';
import { BAGGAGE_HEADER, formatBaggage, parseBaggage } from './baggage.ts';
import {
  CLOUD_TRACE_HEADER,
  cloudTraceHeader,
  formatCloudTraceContext,
  parseCloudTraceContext,
} from './cloud-trace-context.ts';
import { remoteParent } from './remote-parent.ts';
import { stateText, W3CTraceState } from './trace-state.ts';
import { formatTraceParent, parseTraceParent } from './traceparent.ts';

export const TRACE_PARENT_HEADER = 'traceparent';
export const TRACE_STATE_HEADER = 'tracestate';
export const CORRELATION_ID_HEADER = 'x-correlation-id';

/** Names of `OTEL_PROPAGATORS`; `cloud-trace` is `X-Cloud-Trace-Context`, `b3` the single header. */
export type PropagationFormat = 'tracecontext' | 'baggage' | 'cloud-trace' | 'b3' | 'b3multi';

export const DEFAULT_FORMATS: readonly PropagationFormat[] = Object.freeze([
  'tracecontext',
  'cloud-trace',
  'baggage',
]);

export interface PropagatorOptions {
  readonly formats?: readonly PropagationFormat[];
  /**
   * A header of our own that carries the caller's `traceparent` past front ends that rewrite the standard one
   * (Google's does). It is written beside it, and read first when it belongs to the same trace.
   */
  readonly parentHeader?: string;
}

/** Headers that mean nothing alone. */
const SECONDARY: ReadonlySet<string> = new Set([
  TRACE_STATE_HEADER,
  CORRELATION_ID_HEADER,
  B3_HEADERS.spanId,
  B3_HEADERS.sampled,
  B3_HEADERS.flags,
]);

type Read = (name: string) => unknown;

/**
 * All formats in one propagator. The parent is read from the first format that has one, `tracecontext`
 * before `cloud-trace` before B3; every format is written.
 */
export class Propagator implements TextMapPropagator {
  readonly formats: ReadonlySet<PropagationFormat>;
  readonly parentHeader: string | undefined;
  /** Headers without which nothing is extracted. */
  private readonly headerNames: readonly string[];

  constructor(options: PropagatorOptions = {}) {
    this.formats = new Set(options.formats ?? DEFAULT_FORMATS);
    this.parentHeader = options.parentHeader?.toLowerCase();
    this.headerNames = this.fields().filter((name) => !SECONDARY.has(name));
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    this.write(context, carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.read(context, (name) => getter.get(carrier, name));
  }

  fields(): string[] {
    const all: Record<PropagationFormat, string[]> = {
      tracecontext: [TRACE_PARENT_HEADER, TRACE_STATE_HEADER],
      baggage: [BAGGAGE_HEADER],
      'cloud-trace': [CLOUD_TRACE_HEADER],
      b3: [B3_SINGLE_HEADER],
      b3multi: Object.values(B3_HEADERS),
    };
    const own = this.parentHeader === undefined ? [] : [this.parentHeader];
    return [...own, ...[...this.formats].flatMap((format) => all[format]), CORRELATION_ID_HEADER];
  }

  /** The context with the caller's span and baggage in it, where the headers name any. Never throws. */
  read(context: Context, get: Read): Context {
    const one = (name: string) => (name === TRACE_STATE_HEADER ? joined : first)(get(name));
    const parent = this.parentOf(one);
    let result = parent === null ? context : trace.setSpanContext(context, parent);
    if (this.formats.has('baggage')) {
      const baggage = parseBaggage(joined(get(BAGGAGE_HEADER)));
      if (baggage !== null) result = propagation.setBaggage(result, baggage);
    }
    return result;
  }

  /** The same for Node's own header object, without looking for what is not there. */
  readHeaders(context: Context, headers: IncomingHttpHeaders): Context {
    for (const name of this.headerNames) {
      if (headers[name] !== undefined) return this.read(context, (header) => headers[header]);
    }
    return context;
  }

  /** The caller's span by the headers, or null. */
  parentOf(get: Read): SpanContext | null {
    const { formats } = this;
    return (
      (formats.has('tracecontext') ? this.w3cParent(get) : null) ??
      (formats.has('cloud-trace') ? cloudTraceParent(get) : null) ??
      (formats.has('b3') ? parseB3Single(get(B3_SINGLE_HEADER)) : null) ??
      (formats.has('b3multi') ? parseB3Multi(get) : null)
    );
  }

  /** Gives the headers of the active span, and its baggage, to `setter`. */
  write<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    if (isSuppressed(context)) return;
    const span = trace.getSpan(context);
    if (span !== undefined) this.writeSpan(span, carrier, setter);
    if (!this.formats.has('baggage') || bagOf(context) === ROOT_CONTEXT) return;
    const baggage = propagation.getBaggage(context);
    const header = baggage === undefined ? '' : formatBaggage(baggage);
    if (header !== '') setter.set(carrier, BAGGAGE_HEADER, header);
  }

  private writeSpan<Carrier>(span: Span, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    const context = span.spanContext();
    const ours = span instanceof RecordingSpan || span instanceof PropagatedSpan ? span : null;
    if (ours === null && !trace.isSpanContextValid(context)) return;
    const { formats } = this;
    if (formats.has('tracecontext')) {
      const header = formatTraceParent(context);
      setter.set(carrier, TRACE_PARENT_HEADER, header);
      if (this.parentHeader !== undefined) setter.set(carrier, this.parentHeader, header);
      const state = stateText(context.traceState);
      if (state !== '') setter.set(carrier, TRACE_STATE_HEADER, state);
    }
    if (formats.has('cloud-trace')) {
      const header =
        ours === null
          ? formatCloudTraceContext(context)
          : cloudTraceHeader(ours.traceId, ours.idHigh, ours.idLow, ours.traceFlags);
      setter.set(carrier, CLOUD_TRACE_HEADER, header);
    }
    if (formats.has('b3')) setter.set(carrier, B3_SINGLE_HEADER, formatB3Single(context));
    if (formats.has('b3multi')) {
      setter.set(carrier, B3_HEADERS.traceId, context.traceId);
      setter.set(carrier, B3_HEADERS.spanId, context.spanId);
      setter.set(carrier, B3_HEADERS.sampled, String(context.traceFlags & 1));
    }
    const correlationId = correlationIdOf(span);
    if (correlationId !== '') setter.set(carrier, CORRELATION_ID_HEADER, correlationId);
  }

  private w3cParent(get: Read): SpanContext | null {
    const standard = parseTraceParent(get(TRACE_PARENT_HEADER));
    const own = this.parentHeader === undefined ? null : parseTraceParent(get(this.parentHeader));
    const kept = own !== null && (standard === null || standard.traceId === own.traceId) ? own : standard;
    if (kept === null) return null;
    const state = get(TRACE_STATE_HEADER);
    return {
      ...kept,
      isRemote: true,
      ...(typeof state === 'string' && state !== '' && { traceState: new W3CTraceState(state) }),
    };
  }
}

function cloudTraceParent(get: Read): SpanContext | null {
  const parsed = parseCloudTraceContext(get(CLOUD_TRACE_HEADER));
  return parsed === null ? null : remoteParent(parsed.traceId, parsed.spanId, parsed.sampled);
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function joined(value: unknown): unknown {
  return Array.isArray(value) ? value.join(',') : value;
}
