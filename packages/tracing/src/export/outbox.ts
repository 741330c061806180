import type { EncodedBatch } from '../encode/batch-encoder.ts';
import type { BatchStore, StoredBatch } from '../spill/batch-store.ts';
import type { TracerMetrics } from '../tracer/tracer-metrics.ts';
import type { ErrorReporter } from './error-reporter.ts';
import type { SendResult, Transport } from './send-result.ts';

export interface OutboxOptions {
  /** Bytes of batches that may wait or be on their way; beyond it the newest batch is dropped and counted. */
  readonly maxQueueBytes: number;
  readonly maxInFlight: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}

export const DEFAULT_OUTBOX_OPTIONS: OutboxOptions = Object.freeze({
  maxQueueBytes: 128 * 1024 * 1024,
  maxInFlight: 4,
  minBackoffMs: 100,
  maxBackoffMs: 30_000,
});

/** From the second failure in a row the collector counts as away, and batches go to the store, where there is one. */
const AWAY_AFTER_FAILURES = 2;

type Batch = EncodedBatch & Partial<StoredBatch>;
const RESULTS: ReadonlySet<unknown> = new Set<SendResult['status']>(['ok', 'refused', 'retry']);
type Retry = Extract<SendResult, { status: 'retry' }>;

/** What a collector may ask for at most; timers know no more than 24 days, and end at once beyond. */
const MAX_PAUSE_MS = 10 * 60_000;
/** While stopping there is no time for long pauses: the endpoint is asked at least this often. */
const DRAIN_BACKOFF_MS = 500;

/**
 * Encoded batches on their way to the collector: several at a time while it answers, one at a time while it
 * does not, with growing pauses between. Nothing is given up before the queue is full or `drain` times out.
 */
export class Outbox {
  private readonly transport: Transport;
  private readonly metrics: TracerMetrics;
  private readonly reporter: ErrorReporter;
  private readonly options: OutboxOptions;
  private readonly waiting: Batch[] = [];
  private store: BatchStore | null = null;
  private readonly closing = new AbortController();
  private bytes = 0;
  private readonly sending = new Set<Batch>();
  /** Those that `close` has put into the store while their requests went on. */
  private readonly left = new WeakSet<Batch>();
  private failures = 0;
  private pausedUntil = 0;
  private draining = 0;
  private timer: NodeJS.Timeout | null = null;
  private idle: (() => void)[] = [];

  constructor(transport: Transport, metrics: TracerMetrics, reporter: ErrorReporter, options: OutboxOptions) {
    this.transport = transport;
    this.metrics = metrics;
    this.reporter = reporter;
    this.options = options;
  }

  get queuedBytes(): number {
    return this.bytes;
  }

  /** What waits may go to `store` while the collector is away; what is in it already goes out first. */
  spillTo(store: BatchStore): void {
    this.store = store;
    this.pump();
  }

  /** After `close` nothing is taken any more: what comes is counted as unreachable. */
  add(batch: EncodedBatch): void {
    if (this.closing.signal.aborted) {
      this.metrics.spansDroppedUnreachable += batch.spanCount;
      return;
    }
    if (this.belongsInStore(batch) && this.keep(batch)) {
      this.pump();
      return;
    }
    if (this.bytes + batch.body.length > this.options.maxQueueBytes) {
      this.metrics.spansDroppedQueueFull += batch.spanCount;
      this.reporter.report(
        'QUEUE_FULL',
        `spans are dropped: ${this.bytes} bytes wait for ${this.transport.endpoint}`,
      );
      return;
    }
    this.bytes += batch.body.length;
    this.waiting.push(batch);
    this.pump();
  }

  /** Resolves true when everything that was added has left, false when `timeoutMs` passed before. */
  async drain(timeoutMs: number): Promise<boolean> {
    if (this.isEmpty()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.draining++;
    this.idle.push(() => resolve(true));
    const deadline = setTimeout(() => resolve(false), timeoutMs);
    if (this.pausedUntil > 0) this.pause(Math.min(this.pausedUntil - Date.now(), DRAIN_BACKOFF_MS));
    else this.pump();
    try {
      return await promise;
    } finally {
      clearTimeout(deadline);
      this.draining--;
      if (this.draining === 0) this.timer?.unref();
    }
  }

  /** Leaves what still waits to the store, or gives it up, counted as unreachable. */
  close(): void {
    for (const batch of this.waiting.splice(0).toReversed()) this.leave(batch);
    // The process may be gone before their requests have been given up.
    for (const batch of this.sending) {
      if (batch.release === undefined && this.keepFirst(batch)) this.left.add(batch);
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.closing.abort();
    this.closeTransport();
    this.store?.close();
  }

  private closeTransport(): void {
    try {
      this.transport.close();
    } catch (error) {
      this.reporter.report('HOST_CODE', `closing the transport: ${String(error)}`);
    }
  }

  private isEmpty(): boolean {
    return this.waiting.length === 0 && this.sending.size === 0 && this.store?.isEmpty !== false;
  }

  /** Once something is stored, what comes later is stored behind it, so that the order stays. */
  private belongsInStore({ body }: Batch): boolean {
    if (this.store === null) return false;
    return (
      !this.store.isEmpty ||
      this.failures >= AWAY_AFTER_FAILURES ||
      this.bytes + body.length > this.options.maxQueueBytes
    );
  }

  private keep(batch: Batch): boolean {
    return this.counted(batch, this.store?.offer(batch));
  }

  private keepFirst(batch: Batch): boolean {
    return this.counted(batch, this.store?.offerFirst(batch));
  }

  private counted({ spanCount }: Batch, isKept = false): boolean {
    if (isKept) this.metrics.spansSpilled += spanCount;
    return isKept;
  }

  /** When the collector goes away, what waits in memory goes before what is stored: it is older. */
  private spillWaiting(): void {
    if (this.store === null) return;
    for (let i = this.waiting.length - 1; i >= 0; i--) {
      const batch = this.waiting[i];
      if (batch === undefined || batch.release !== undefined || !this.keepFirst(batch)) continue;
      this.bytes -= batch.body.length;
      this.waiting.splice(i, 1);
    }
  }

  private takeStored(): Batch | undefined {
    if (this.closing.signal.aborted) return undefined;
    const batch = this.store?.take() ?? undefined;
    if (batch !== undefined) this.bytes += batch.body.length;
    return batch;
  }

  /** At the end: whatever is on disk, or can go there, is for the next start; the rest is lost. */
  private leave(batch: Batch): void {
    this.bytes -= batch.body.length;
    if (batch.release !== undefined || this.left.has(batch) || this.keepFirst(batch)) return;
    this.metrics.spansDroppedUnreachable += batch.spanCount;
  }

  private pump(): void {
    if (this.timer !== null) return;
    const limit = this.failures > 0 ? 1 : this.options.maxInFlight;
    while (this.sending.size < limit) {
      const batch = this.waiting.shift() ?? this.takeStored();
      if (batch === undefined) break;
      this.sending.add(batch);
      // Settles always: `send` turns failures into results.
      void this.send(batch);
    }
    if (this.isEmpty()) for (const resolve of this.idle.splice(0)) resolve();
  }

  private async send(batch: Batch): Promise<void> {
    const started = performance.now();
    const result = await this.ask(batch.body);
    this.sending.delete(batch);
    switch (result.status) {
      case 'ok':
        this.onSent(batch, performance.now() - started, result.rejectedSpans, result.message);
        break;
      case 'refused':
        this.bytes -= batch.body.length;
        batch.release?.();
        this.metrics.spansDroppedRejected += batch.spanCount;
        this.reporter.report(
          'REFUSED',
          `${this.transport.endpoint} refused spans: ${result.reason}`,
          result.nextStep,
        );
        break;
      case 'retry':
        this.onRetry(batch, result);
        break;
    }
    this.pump();
  }

  /** A transport of the host's own may throw, whatever it promises. */
  private async ask(body: Buffer): Promise<SendResult> {
    try {
      const result: SendResult | undefined = await this.transport.send(body, this.closing.signal);
      if (RESULTS.has(result?.status)) return result;
      return { status: 'retry', afterMs: null, reason: `the transport answered ${String(result)}` };
    } catch (error) {
      return { status: 'retry', afterMs: null, reason: String(error) };
    }
  }

  private onSent(batch: Batch, durationMs: number, said: number, message: string): void {
    // A collector may say anything.
    const rejected = said > 0 ? Math.min(said, batch.spanCount) : 0;
    this.bytes -= batch.body.length;
    batch.release?.();
    this.failures = 0;
    this.metrics.batchesExported++;
    this.metrics.exportDurationMs += durationMs;
    this.metrics.spansExported += batch.spanCount - rejected;
    this.metrics.spansDroppedRejected += rejected;
    if (rejected > 0) {
      this.reporter.report('REFUSED', `${this.transport.endpoint} rejected ${rejected} spans: ${message}`);
    }
    this.reporter.recovered();
  }

  private onRetry(batch: Batch, { afterMs, reason, nextStep }: Retry): void {
    if (this.closing.signal.aborted) {
      this.leave(batch);
      return;
    }
    this.failures++;
    this.metrics.exportRetries++;
    this.waiting.unshift(batch);
    if (this.failures >= AWAY_AFTER_FAILURES) this.spillWaiting();
    this.reporter.report(
      'UNREACHABLE',
      `${this.transport.endpoint} does not take spans: ${reason}`,
      nextStep,
    );
    this.pause(afterMs !== null && afterMs > 0 ? Math.min(afterMs, MAX_PAUSE_MS) : this.backoffMs());
  }

  /** Doubles from the minimum, at random between half and whole, so that a fleet does not come back at once. */
  private backoffMs(): number {
    const { minBackoffMs, maxBackoffMs } = this.options;
    const whole = Math.min(maxBackoffMs, minBackoffMs * 2 ** Math.min(this.failures - 1, 20));
    return whole * (0.5 + Math.random() / 2);
  }

  private pause(ms: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    const delay = Math.max(0, this.draining > 0 ? Math.min(ms, DRAIN_BACKOFF_MS) : ms);
    this.pausedUntil = Date.now() + delay;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.pausedUntil = 0;
      this.pump();
    }, delay);
    // A program may end while the collector is away; only somebody who waits for the drain holds it up.
    if (this.draining === 0) this.timer.unref();
  }
}
