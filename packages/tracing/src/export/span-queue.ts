import type { BatchEncoder } from '../encode/batch-encoder.ts';
import { followWallClock } from '../tracer/clock.ts';
import type { RecordingSpan } from '../tracer/span.ts';
import type { SpanSink } from '../tracer/span-pipeline.ts';

export interface SpanQueueOptions {
  /** Ended spans are sent at least this often. */
  readonly flushIntervalMs: number;
}

export const DEFAULT_SPAN_QUEUE_OPTIONS: SpanQueueOptions = Object.freeze({ flushIntervalMs: 250 });

/**
 * Ended spans are encoded this many at a time. One by one, between requests, each costs 5 times as much (cold
 * caches); many at a time, they live long enough to be moved by the garbage collector.
 */
const ENCODE_AT_ONCE = 64;

/** Ended spans wait here, as they are, to be encoded together. */
export class SpanQueue implements SpanSink {
  private readonly encoder: BatchEncoder;
  private readonly options: SpanQueueOptions;
  private pending: RecordingSpan[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(encoder: BatchEncoder, options: SpanQueueOptions) {
    this.encoder = encoder;
    this.options = options;
  }

  add(span: RecordingSpan): void {
    if ((span.traceFlags & 1) === 0) return;
    if (this.pending.push(span) >= ENCODE_AT_ONCE) this.encodePending();
    if (this.timer === null)
      this.timer = setTimeout(() => this.onTimer(), this.options.flushIntervalMs).unref();
  }

  /** Hands everything that has ended to the outbox. */
  flush(): void {
    this.encodePending();
    this.encoder.closeBatch();
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private encodePending(): void {
    // Taken out first: whoever is told of a failure may end spans of its own.
    const { pending } = this;
    this.pending = [];
    this.encoder.encode(pending);
  }

  private onTimer(): void {
    this.timer = null;
    followWallClock();
    this.flush();
  }
}
