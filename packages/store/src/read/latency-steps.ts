import type { RedStats } from './queries.ts';

/**
 * Latencies are counted on a logarithmic scale of 8 steps per doubling: step s holds durations from 2^(s/8) to
 * 2^((s+1)/8) nanoseconds, so a percentile read off it is within 4.5 % (half a step). Migration 0001 has it too.
 */
export const STEPS_PER_DOUBLING = 8;
export const STEP_OF_SPAN = 'toUInt16(floor(log2(greatest(duration, 1)) * 8))';

export const stepStartNanos = (step: number): number => 2 ** (step / STEPS_PER_DOUBLING);

/** Counts of spans per step of latency. */
export class LatencySteps {
  #count = 0;
  #errors = 0;
  readonly #counts = new Map<number, number>();

  add(step: number, count: number, errors: number): void {
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + count);
    this.#count += count;
    this.#errors += errors;
  }

  stats(): RedStats {
    const steps = Array.from(this.#counts).sort(([a], [b]) => a - b);
    const at = (share: number) => percentile(steps, share * this.#count);
    return { count: this.#count, errors: this.#errors, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }
}

/** The latency that `rank` spans do not exceed, interpolated inside its step. */
function percentile(steps: readonly (readonly [number, number])[], rank: number): number {
  let below = 0;
  for (const [step, count] of steps) {
    if (below + count >= rank) return stepStartNanos(step + (rank - below) / count);
    below += count;
  }
  return 0;
}
