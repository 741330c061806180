export interface TimeWindow {
  /** Inclusive. */
  readonly from: bigint;
  /** Exclusive. */
  readonly to: bigint;
}

export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Later than any. */
export const LAST_TIME = 2n ** 63n;

export const FIRST_WINDOW_NANOS = 120_000_000_000n;

/**
 * How many times as long as the last window the next one is, after so much of what is wanted was found: as long as it
 * takes at that density, and some more, but not much more on the word of a few; a day in three windows where nothing
 * is found. A statement costs as much as reading an hour, so few and long windows beat many short ones:
 * bench/store/queries.ts.
 */
export function windowGrowth(found: number, wanted: number): bigint {
  if (found === 0) return 36n;
  return BigInt(Math.min(12, Math.max(2, Math.ceil((1.5 * wanted) / found))));
}

/**
 * Windows from one end of a range to the other. `data` tells where spans are: the first window reaches there, the
 * last one takes in all that is beyond, so a wrong guess costs time only. `growth` is asked after each.
 */
export function* timeWindows(
  range: TimeWindow,
  direction: 'backwards' | 'forwards',
  data: TimeWindow,
  growth: () => bigint,
): Generator<TimeWindow, void> {
  let { from, to } = range;
  for (let length = FIRST_WINDOW_NANOS; from < to; length *= growth()) {
    if (direction === 'backwards') {
      const start = startOfWindow(range, to, length, data);
      yield { from: start, to };
      to = start;
    } else {
      const begin = from > data.from ? from : data.from;
      const end = begin + length < to && begin + length < data.to ? begin + length : to;
      yield { from, to: end };
      from = end;
    }
  }
}

/** Where a window that ends at `to` starts, going backwards. */
export function startOfWindow(range: TimeWindow, to: bigint, length: bigint, data: TimeWindow): bigint {
  const start = (to < data.to ? to : data.to) - length;
  return start > range.from && start > data.from ? start : range.from;
}
