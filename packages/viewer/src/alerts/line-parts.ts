const MAX_POINTS = 360;

/** From a value to its height, 0 at the top; values and threshold both fit. */
export function scaleTo(
  values: readonly (number | null)[],
  threshold: number,
  height: number,
): (value: number) => number {
  let max = threshold * 1.25;
  for (const value of values) if (value !== null) max = Math.max(max, value * 1.08);
  const top = max > 0 ? max : 1;
  return (value) => height - 2 - (value / top) * (height - 4);
}

/**
 * The course as points of polylines, one for each stretch without a gap. Where there are more values than one can see,
 * of each few the lowest and the highest stand, in their order: no peak is lost.
 */
export function lineParts(
  values: readonly (number | null)[],
  { width, scale }: { readonly width: number; readonly scale: (value: number) => number },
): readonly string[] {
  const size = values.length <= MAX_POINTS ? 1 : Math.ceil((2 * values.length) / MAX_POINTS);
  const step = width / Math.max(1, values.length - 1);
  const parts: string[][] = [];
  let isOpen = false;
  for (let from = 0; from < values.length; from += size) {
    const ends = extremesIn(values, from, Math.min(values.length, from + size));
    if (ends.length > 0 && !isOpen) parts.push([]);
    isOpen = ends.length > 0;
    for (const at of ends)
      parts.at(-1)?.push(`${(at * step).toFixed(1)},${scale(values[at] ?? 0).toFixed(1)}`);
  }
  // A single minute would have no line.
  return parts.map((points) =>
    (points.length === 1 ? [...points, ...points.map(shifted)] : points).join(' '),
  );
}

const shifted = (point: string): string => {
  const [x = '0', y = '0'] = point.split(',');
  return `${Number(x) + 1.5},${y}`;
};

/** Where the lowest and the highest value are, ascending; one place if they are the same, none if there is none. */
function extremesIn(values: readonly (number | null)[], from: number, to: number): readonly number[] {
  let low = -1;
  let high = -1;
  for (let at = from; at < to; at++) {
    const value = values[at] ?? null;
    if (value === null) continue;
    if (low < 0 || value < (values[low] ?? 0)) low = at;
    if (high < 0 || value > (values[high] ?? 0)) high = at;
  }
  if (low < 0) return [];
  return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
}
