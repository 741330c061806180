import { FIRST_WINDOW_NANOS } from './time-windows.ts';

const SHORTEST_NANOS = 100_000_000n;
/** Traces come in bursts: a window is this many times as long as its traces take on average. */
const ROOM = 2n;

/** How densely traces start, as the last list of all of them found: tells the next one where to begin, nothing more. */
export class TraceDensity {
  #nanosPerTrace = FIRST_WINDOW_NANOS;

  learn(traces: number, overNanos: bigint): void {
    this.#nanosPerTrace = overNanos / BigInt(traces);
  }

  /** How long a window is likely to hold so many traces. */
  windowOf(traces: number): bigint {
    const length = this.#nanosPerTrace * BigInt(traces) * ROOM;
    if (length < SHORTEST_NANOS) return SHORTEST_NANOS;
    return length > FIRST_WINDOW_NANOS ? FIRST_WINDOW_NANOS : length;
  }
}
