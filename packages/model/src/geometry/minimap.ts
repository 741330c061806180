import { at } from '../trace/forest.ts';
import type { TraceOutline } from '../trace/outline.ts';
import { outlineIsError } from '../trace/outline-flags.ts';

/** A picture of a whole trace in cells: bands of rows from top to bottom, columns of time. */
export interface Minimap {
  readonly columns: number;
  readonly bands: number;
  /** `counts[band * columns + column]`: spans of the band that run in the column. */
  readonly counts: Uint32Array;
  /** The same of spans with errors. */
  readonly errors: Uint32Array;
  /** The service of the band's longest span, as index into `services`. */
  readonly bandServices: Uint32Array;
}

/**
 * Folds the rows of a waterfall into at most `bands` bands by `columns` columns. O(rows + cells), so that a
 * million spans become one picture; with fewer rows than bands each row has its own.
 */
export function minimap(
  outline: TraceOutline,
  rows: Uint32Array,
  size: {
    columns: number;
    bands: number;
    /** The time that all columns span; the trace's own without it. */
    lengthNanos?: number;
  },
): Minimap {
  const { columns } = size;
  const bands = Math.min(size.bands, rows.length);
  const lengthNanos = Math.max(1, size.lengthNanos ?? traceLength(outline));
  const counts = new Uint32Array(bands * columns);
  const errors = new Uint32Array(bands * columns);
  const bandServices = new Uint32Array(bands);
  const longest = new Float64Array(bands).fill(-1);
  // A span adds one where it starts and takes one behind its end; summing along a band gives the counts.
  const countSteps = new Int32Array(bands * (columns + 1));
  const errorSteps = new Int32Array(bands * (columns + 1));
  for (let i = 0; i < rows.length; i++) {
    const row = at(rows, i);
    const band = Math.floor((i * bands) / rows.length);
    const duration = at(outline.durationNanos, row);
    const start = at(outline.startNanos, row);
    const first = band * (columns + 1) + columnOf(start, lengthNanos, columns);
    const behind = band * (columns + 1) + columnOf(start + duration, lengthNanos, columns) + 1;
    addStep(countSteps, first, behind);
    if (outlineIsError(at(outline.flags, row))) addStep(errorSteps, first, behind);
    if (duration > at(longest, band)) {
      longest[band] = duration;
      bandServices[band] = at(outline.serviceIndexes, row);
    }
  }
  sumBands(countSteps, counts, columns);
  sumBands(errorSteps, errors, columns);
  return { columns, bands, counts, errors, bandServices };
}

/** From the first start to the last end, in nanoseconds. */
export function traceLength(outline: TraceOutline): number {
  let end = 0;
  for (let row = 0; row < outline.size; row++) {
    end = Math.max(end, at(outline.startNanos, row) + at(outline.durationNanos, row));
  }
  return end;
}

function columnOf(nanos: number, lengthNanos: number, columns: number): number {
  return Math.min(columns - 1, Math.floor((nanos / lengthNanos) * columns));
}

function addStep(steps: Int32Array, first: number, behind: number): void {
  steps[first] = at(steps, first) + 1;
  steps[behind] = at(steps, behind) - 1;
}

function sumBands(steps: Int32Array, sums: Uint32Array, columns: number): void {
  for (let band = 0; band * columns < sums.length; band++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      sum += at(steps, band * (columns + 1) + column);
      sums[band * columns + column] = sum;
    }
  }
}
