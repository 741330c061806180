import type { AttributeMap } from './attribute-value.ts';

/** `SpanKind` of opentelemetry-proto trace.proto, by number. */
export const SpanKind = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const;
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind];

/** `Status.StatusCode` of opentelemetry-proto trace.proto, by number. */
export const StatusCode = { unset: 0, ok: 1, error: 2 } as const;
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

/** `Span.Event` of opentelemetry-proto trace.proto. */
export interface SpanEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: AttributeMap;
  readonly droppedAttributesCount: number;
}

/** `Span.Link` of opentelemetry-proto trace.proto; `flags` as in a span. */
export interface SpanLink {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: AttributeMap;
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

/** `Resource` of opentelemetry-proto resource.proto, with the schema URL it came under. */
export interface Resource {
  readonly attributes: AttributeMap;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** `InstrumentationScope` of opentelemetry-proto common.proto, with the schema URL it came under. */
export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: AttributeMap;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** One span, whole: every field of opentelemetry-proto's `Span`, with the resource and scope it came under. */
export interface Span {
  /** The Google Cloud project it belongs to: its resource's `gcp.project_id`, else the receiver's default. */
  readonly projectId: string;
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string;
  /** 16 lower-case hex digits; null for a span without parent. */
  readonly parentSpanId: string | null;
  readonly traceState: string;
  /** `flags` of the span: the W3C trace flags in bits 0-7, is-remote in bits 8-9. */
  readonly flags: number;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly attributes: AttributeMap;
  readonly droppedAttributesCount: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinksCount: number;
  readonly status: { readonly code: StatusCode; readonly message: string };
  readonly resource: Resource;
  readonly scope: Scope;
}

/** What a list shows of a trace. Spans are counted once however often the same span arrived. */
export interface TraceSummary {
  readonly traceId: string;
  readonly projectId: string;
  /** The span without parent that started first; null while it has not arrived. */
  readonly root: {
    readonly spanId: string;
    readonly name: string;
    readonly serviceName: string;
    readonly startUnixNano: bigint;
    readonly endUnixNano: bigint;
  } | null;
  /** Earliest start and latest end over all spans: the trace's duration, not the root's. */
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly spanCount: number;
  readonly errorCount: number;
  /** Services in it with their number of spans, most spans first. */
  readonly services: readonly { readonly name: string; readonly spanCount: number }[];
}
