import { CollectorError } from './collector-error.ts';
import type { LoaderLimits } from './loader/loader.ts';
import type { LogLimits } from './log/write-ahead-log.ts';
import { DEFAULT_SPAN_LIMITS, type SpanLimits } from './otlp/span-limits.ts';

export interface ReceiverLimits {
  /** A request's body as it comes over the wire. */
  readonly maxRequestBytes: number;
  /** The same after decompression. */
  readonly maxDecompressedBytes: number;
  /** Bodies being received, decompressed and logged, all together. */
  readonly maxBytesInFlight: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  /** How long `stop()` waits for the store; what is left stays in the log. */
  readonly drainTimeoutMs: number;
}

/** All limits: bytes, milliseconds and counts, whole numbers of at least 1. */
export interface CollectorLimits extends SpanLimits, ReceiverLimits, LogLimits, LoaderLimits {}

const MIB = 1024 * 1024;

/** docs/collector.md explains each. */
export const DEFAULT_LIMITS: CollectorLimits = Object.freeze({
  ...DEFAULT_SPAN_LIMITS,
  maxRequestBytes: 16 * MIB,
  maxDecompressedBytes: 32 * MIB,
  maxBytesInFlight: 128 * MIB,
  requestTimeoutMs: 60_000,
  drainTimeoutMs: 10_000,
  maxLogBytes: 1_024 * MIB,
  segmentBytes: 64 * MIB,
  maxWaitingBytes: 64 * MIB,
  retryDiskAfterMs: 1_000,
  maxBlockSpans: 50_000,
  maxBlockBytes: 64 * MIB,
  maxBlockDelayMs: 200,
  maxBusyBlockDelayMs: 700,
  busyBlockSpans: 2_000,
  maxInsertsInFlight: 2,
  maxBlockRefusals: 8,
});

/** The defaults with what was given. @throws {CollectorError} INVALID_OPTION */
export function completeLimits(given: Partial<CollectorLimits>): CollectorLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in DEFAULT_LIMITS)) {
      throw new CollectorError('INVALID_OPTION', `limits.${name}: there is no such limit`);
    }
    if (!Number.isSafeInteger(value) || value < 1) {
      const message = `limits.${name}: expected a whole number of at least 1, got ${String(value)}`;
      throw new CollectorError('INVALID_OPTION', message);
    }
  }
  const limits = { ...DEFAULT_LIMITS, ...given };
  // Segments go one at a time: a log of one could never be emptied while it is written to.
  const segmentBytes = Math.min(limits.segmentBytes, Math.max(1, Math.floor(limits.maxLogBytes / 4)));
  return Object.freeze({ ...limits, segmentBytes });
}
