/** What one request and one span may hold. Checked when a request arrives, never again for what was accepted. */
export interface SpanLimits {
  /** Spans in one request; more refuse the request. */
  readonly maxSpansPerRequest: number;
  /** Attributes of a span, event, link, scope or resource. */
  readonly maxAttributes: number;
  /** Bytes of an attribute's key. */
  readonly maxKeyBytes: number;
  /** Bytes of one text or bytes value, of a name, a status message or a trace state. */
  readonly maxValueBytes: number;
  readonly maxEvents: number;
  readonly maxLinks: number;
  /** How deep arrays and key-value lists may nest: a plain value has depth 1. */
  readonly maxValueDepth: number;
}

export const DEFAULT_SPAN_LIMITS: SpanLimits = Object.freeze({
  maxSpansPerRequest: 50_000,
  maxAttributes: 1_000,
  maxKeyBytes: 1_024,
  maxValueBytes: 256 * 1024,
  maxEvents: 1_000,
  maxLinks: 1_000,
  maxValueDepth: 16,
});
