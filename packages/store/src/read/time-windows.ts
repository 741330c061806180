export interface TimeWindow {
  /** Inclusive. */
  readonly from: bigint;
  /** Exclusive. */
  readonly to: bigint;
}

const MINUTE = 60_000_000_000n;

/**
 * Windows from one end of a range to the other, each several times as long as the one before: a search that
 * starts where the answer probably is reads little, and one that finds nothing reads everything in few steps.
 */
export function* timeWindows(
  range: TimeWindow,
  direction: 'backwards' | 'forwards',
  firstNanos: bigint = 2n * MINUTE,
  growth = 6n,
): Generator<TimeWindow, void, TimeWindow | undefined> {
  let { from, to } = range;
  for (let length = firstNanos; from < to; length *= growth) {
    if (direction === 'backwards') {
      const start = to - length > from ? to - length : from;
      yield { from: start, to };
      to = start;
    } else {
      const end = from + length < to ? from + length : to;
      yield { from, to: end };
      from = end;
    }
  }
}
