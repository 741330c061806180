export interface TimeWindow {
  /** Inclusive. */
  readonly from: bigint;
  /** Exclusive. */
  readonly to: bigint;
}

/** 2 minutes, then 12, 72...: few steps to the whole range, and little read where the answer is near. */
export const FIRST_WINDOW_NANOS = 120_000_000_000n;
export const WINDOW_GROWTH = 6n;

/**
 * Windows from one end of a range to the other, each several times as long as the one before. `data` tells where
 * spans are: the first window reaches there, the last one takes in all that is beyond, so a wrong guess costs
 * time only.
 */
export function* timeWindows(
  range: TimeWindow,
  direction: 'backwards' | 'forwards',
  data: TimeWindow,
): Generator<TimeWindow, void> {
  let { from, to } = range;
  for (let length = FIRST_WINDOW_NANOS; from < to; length *= WINDOW_GROWTH) {
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
