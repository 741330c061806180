import type { Span } from '@utxoiq/model';

export interface TraceCacheOptions {
  /** Of all traces together. */
  readonly maxSpans: number;
  /** A trace whose last span ended so long ago does not change any more. */
  readonly completeAfterMs: number;
  readonly now: () => number;
}

/** Traces that are complete, the last used ones. */
export class TraceCache {
  readonly #options: TraceCacheOptions;
  readonly #traces = new Map<string, readonly Span[]>();
  #spans = 0;

  constructor(options: TraceCacheOptions) {
    this.#options = options;
  }

  get(key: string): readonly Span[] | undefined {
    const spans = this.#traces.get(key);
    if (spans !== undefined) {
      this.#traces.delete(key);
      this.#traces.set(key, spans);
    }
    return spans;
  }

  /** Keeps the trace if nothing more is to come. */
  offer(key: string, spans: readonly Span[]): void {
    const { maxSpans, completeAfterMs, now } = this.#options;
    const latestEnd = BigInt(Math.trunc(now() - completeAfterMs)) * 1_000_000n;
    const isComplete = spans.length > 0 && spans.every(({ endUnixNano }) => endUnixNano <= latestEnd);
    if (!isComplete || spans.length > maxSpans || this.#traces.has(key)) return;
    this.#traces.set(key, spans);
    this.#spans += spans.length;
    for (const [oldest, { length }] of this.#traces) {
      if (this.#spans <= maxSpans) return;
      this.#traces.delete(oldest);
      this.#spans -= length;
    }
  }
}
