/**
 * Latencies are counted on a logarithmic scale of 8 steps per doubling: step s holds durations from 2^(s/8) to
 * 2^((s+1)/8) nanoseconds, so a percentile read off it is within 4.5 % (half a step). Migration 0001 has it too.
 */
const STEPS_PER_DOUBLING = 8;

/** The step of a row of `spans`. */
export const STEP_OF_SPAN = 'toUInt16(floor(log2(greatest(duration, 1)) * 8))';

export const stepStartNanos = (step: number): number => 2 ** (step / STEPS_PER_DOUBLING);

/** Every step is below this: durations have 63 bits. */
export const STEPS_END = 512;

/**
 * Percentiles as steps, interpolated between the steps' middles. Maps are taken in whole: joined out to a row per
 * step they cost 2 to 3 times as much.
 */
export const STEP_PERCENTILES = {
  maps: 'quantilesInterpolatedWeightedArray(0.5, 0.95, 0.99)(mapKeys(steps), mapValues(steps))',
  step: 'quantilesInterpolatedWeighted(0.5, 0.95, 0.99)(step, spans)',
} as const;

/** What `STEP_PERCENTILES` answered, in nanoseconds. */
export function percentilesOfSteps(steps: readonly number[] | undefined): {
  p50: number;
  p95: number;
  p99: number;
} {
  if (steps === undefined) return NONE;
  const [p50 = 0, p95 = 0, p99 = 0] = steps.map((step) => stepStartNanos(step + 0.5));
  return { p50, p95, p99 };
}

const NONE = Object.freeze({ p50: 0, p95: 0, p99: 0 });
