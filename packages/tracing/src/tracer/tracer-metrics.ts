/** The tracer's own counters. Every loss is one of them. */
export interface TracerMetrics {
  /** Spans begun, whatever the sampler said. */
  spansStarted: number;
  /** Recorded spans that ended. */
  spansEnded: number;
  /** Spans not recorded because the sampler said no. */
  spansSampledOut: number;
  /** Attributes dropped because their key or value is none the specification knows. */
  invalidAttributes: number;
  /** Spans lost because `maxQueueBytes` (and `maxSpillBytes`) were reached. */
  spansDroppedQueueFull: number;
  /** Spans lost because the endpoint refused them, whole requests or parts. */
  spansDroppedRejected: number;
  /** Spans lost because the endpoint stayed away until `stop()` ran out of time, or because they ended after it. */
  spansDroppedUnreachable: number;
  /** Spans lost because they could not be encoded. */
  spansDroppedEncoding: number;
  /** Spans written to `spillDir` while the collector was away. */
  spansSpilled: number;
  /** Spans that the endpoint took. */
  spansExported: number;
  /** Requests that it took. */
  batchesExported: number;
  /** Requests that have to be sent again. */
  exportRetries: number;
  /** Milliseconds of the exports that succeeded, retries included; divide by `batchesExported`. */
  exportDurationMs: number;
}

/** What `TracingService.metrics()` gives: counters since it was made, and two gauges. */
export interface TracingMetrics extends Readonly<TracerMetrics> {
  /** Recorded spans that have not ended. Growing without requests: somebody forgets `end()`. */
  readonly openSpans: number;
  /** Bytes of encoded spans in memory, waiting or on their way. */
  readonly queuedBytes: number;
}

export function newTracerMetrics(): TracerMetrics {
  return {
    spansStarted: 0,
    spansEnded: 0,
    spansSampledOut: 0,
    invalidAttributes: 0,
    spansDroppedQueueFull: 0,
    spansDroppedRejected: 0,
    spansDroppedUnreachable: 0,
    spansDroppedEncoding: 0,
    spansSpilled: 0,
    spansExported: 0,
    batchesExported: 0,
    exportRetries: 0,
    exportDurationMs: 0,
  };
}
