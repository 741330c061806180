import type { Link } from '@opentelemetry/api';
import type { EncodedScope } from '../encode/scope.ts';
import type { TracingCore } from '../tracing-core.ts';
import { cleanAttributes } from './attribute-values.ts';
import type { RecordingSpan, SpanLinkRecord } from './span.ts';
import type { SpanLimits } from './span-limits.ts';
import type { TracerMetrics } from './tracer-metrics.ts';

/** Where ended spans go. */
export interface SpanSink {
  add(span: RecordingSpan): void;
}

/** A trace id and a span id; all zero, which the specification allows in links, as well. */
const ID_DIGITS = /^[0-9a-f]{32}-[0-9a-f]{16}$/i;

/** What all spans of one tracer share: limits, counters, the scope they are encoded under, the way out. */
export class SpanPipeline {
  readonly limits: SpanLimits;
  readonly metrics: TracerMetrics;
  readonly scope: EncodedScope;
  readonly core: TracingCore;
  /** Limits so low that attributes of instrumentations have to be counted and cut as well. */
  readonly limitsAreTight: boolean;
  private readonly sink: SpanSink;

  constructor(
    core: TracingCore,
    limits: SpanLimits,
    metrics: TracerMetrics,
    scope: EncodedScope,
    sink: SpanSink,
  ) {
    this.core = core;
    this.limits = limits;
    this.limitsAreTight =
      limits.attributeCountLimit < 64 || limits.attributeValueLengthLimit < Number.POSITIVE_INFINITY;
    this.metrics = metrics;
    this.scope = scope;
    this.sink = sink;
  }

  onEnd(span: RecordingSpan): void {
    this.metrics.spansEnded++;
    try {
      this.sink.add(span);
    } catch (error) {
      this.core.onError('taking a span that ended', error); // A sink of the host's own.
    }
  }

  /** Null for a link to nothing that an id can name: it would make its whole batch unreadable. */
  cleanLink(link: Link | null | undefined): SpanLinkRecord | null {
    try {
      const context = link?.context;
      if (!ID_DIGITS.test(`${context?.traceId}-${context?.spanId}`) || context === undefined) return null;
      const { pairs, dropped } = cleanAttributes(link?.attributes, {
        count: this.limits.attributePerLinkCountLimit,
        valueLength: this.limits.attributeValueLengthLimit,
      });
      return { context, pairs, dropped };
    } catch {
      return null; // A getter of the host's own.
    }
  }
}
