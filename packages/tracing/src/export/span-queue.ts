import type { BatchEncoder } from '../encode/batch-encoder.ts';
import { followWallClock } from '../tracer/clock.ts';
import type { RecordingSpan } from '../tracer/span.ts';
import type { SpanSink } from '../tracer/span-pipeline.ts';
import type { Outbox } from './outbox.ts';

export interface SpanQueueOptions {
  /** Ended spans are encoded and sent at least this often. */
  readonly flushIntervalMs: number;
  /** This many spans are encoded at once even before that. */
  readonly maxPendingSpans: number;
}

export const DEFAULT_SPAN_QUEUE_OPTIONS: SpanQueueOptions = Object.freeze({
  flushIntervalMs: 250,
  maxPendingSpans: 512,
});

/** Ended spans wait here, as they are, to be encoded together. */
export class SpanQueue implements SpanSink {
  private readonly encoder: BatchEncoder;
  private readonly outbox: Outbox;
  private readonly options: SpanQueueOptions;
  private pending: RecordingSpan[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(encoder: BatchEncoder, outbox: Outbox, options: SpanQueueOptions) {
    this.encoder = encoder;
    this.outbox = outbox;
    this.options = options;
  }

  add(span: RecordingSpan): void {
    if ((span.traceFlags & 1) === 0) return;
    this.pending.push(span);
    if (this.pending.length >= this.options.maxPendingSpans) this.encodePending();
    else this.timer ??= setTimeout(() => this.onTimer(), this.options.flushIntervalMs).unref();
  }

  /** Hands everything that has ended to the outbox. */
  encodePending(): void {
    if (this.pending.length === 0) return;
    const spans = this.pending;
    this.pending = [];
    for (const batch of this.encoder.encode(spans)) this.outbox.add(batch);
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private onTimer(): void {
    this.timer = null;
    followWallClock();
    this.encodePending();
  }
}
