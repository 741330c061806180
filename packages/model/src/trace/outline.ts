/**
 * A trace's skeleton in columns: all that a waterfall, a flame graph, a minimap and the analyses need, and
 * nothing that only one selected span needs. A million spans stay usable because a row costs 41 bytes and no
 * object. Rows are ordered by start, then span id; that order is the row number everything else refers to.
 */
export interface TraceOutline {
  readonly traceId: string;
  readonly projectId: string;
  /** The earliest start; every `startNanos` is relative to it. */
  readonly startUnixNano: bigint;
  readonly size: number;
  readonly spanIds: BigUint64Array;
  /** 0 for a span without parent. */
  readonly parentSpanIds: BigUint64Array;
  /** Nanoseconds after `startUnixNano`; exact up to 104 days. */
  readonly startNanos: Float64Array;
  readonly durationNanos: Float64Array;
  /** Index into `names`. */
  readonly nameIndexes: Uint32Array;
  readonly names: readonly string[];
  /** Index into `services`. */
  readonly serviceIndexes: Uint32Array;
  readonly services: readonly string[];
  /** Bits 0-2 kind, bits 3-4 status code, bit 5 has events, bit 6 has links. */
  readonly flags: Uint8Array;
}
