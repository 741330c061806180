import { FIRST_WINDOW_NANOS } from './time-windows.ts';

const SHORTEST_NANOS = 100_000_000n;
/** Traces come in bursts: a window is this many times as long as the last one needed to be. */
const ROOM = 2n;

interface LastList {
  readonly traces: number;
  readonly spans: number;
  readonly lagNanos: bigint;
  readonly extentNanos: bigint;
}

/** How the newest traces lie, as the last list of all of them found: tells the next one where to begin, nothing more. */
export class TraceDensity {
  #lagNanos = FIRST_WINDOW_NANOS;
  #nanosBetween = 0n;
  #spansOfOne = 0;

  /** The newest span starts `lag` after the newest of so many traces, and that `extent` after the oldest of them. */
  learn({ traces, spans, lagNanos, extentNanos }: LastList): void {
    this.#spansOfOne = spans / traces;
    this.#lagNanos = lagNanos > 0n ? lagNanos : 0n;
    this.#nanosBetween = traces > 1 ? extentNanos / BigInt(traces - 1) : FIRST_WINDOW_NANOS;
  }

  /** How long a window that ends with the newest span is likely to hold so many traces. */
  windowOf(traces: number): bigint {
    const length = ROOM * (this.#lagNanos + this.#nanosBetween * BigInt(traces));
    if (length < SHORTEST_NANOS) return SHORTEST_NANOS;
    return length > FIRST_WINDOW_NANOS ? FIRST_WINDOW_NANOS : length;
  }

  /** How many spans a window of such a length is likely to hold; infinitely many before any list. */
  spansIn(nanos: bigint): number {
    return this.#nanosBetween === 0n
      ? Number.POSITIVE_INFINITY
      : (Number(nanos) / Number(this.#nanosBetween)) * this.#spansOfOne;
  }
}
