import type { CriticalPath } from '@utxoiq/model';

/** The stretches of a critical path by row, so that a frame looks only at those of the rows it shows. */
export interface CriticalIndex {
  /** The stretches of `row` are from `offsets[row]` to before `offsets[row + 1]`. */
  readonly offsets: Uint32Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

export function indexCriticalPath(path: CriticalPath, size: number): CriticalIndex {
  const offsets = new Uint32Array(size + 1);
  for (const row of path.rows) offsets[row + 1] = (offsets[row + 1] ?? 0) + 1;
  for (let row = 0; row < size; row += 1) offsets[row + 1] = (offsets[row + 1] ?? 0) + (offsets[row] ?? 0);
  const next = offsets.slice();
  const starts = new Float64Array(path.rows.length);
  const ends = new Float64Array(path.rows.length);
  path.rows.forEach((row, index) => {
    const place = next[row] ?? 0;
    starts[place] = path.startNanos[index] ?? 0;
    ends[place] = path.endNanos[index] ?? 0;
    next[row] = place + 1;
  });
  return { offsets, starts, ends };
}

/** Nanoseconds that a row holds up the critical path. */
export function criticalNanos({ offsets, starts, ends }: CriticalIndex, row: number): number {
  let sum = 0;
  for (let index = offsets[row] ?? 0; index < (offsets[row + 1] ?? 0); index += 1) {
    sum += (ends[index] ?? 0) - (starts[index] ?? 0);
  }
  return sum;
}

/** The row that holds up the critical path the longest; -1 for an empty path. */
export function longestHoldUp(critical: CriticalIndex): { readonly row: number; readonly nanos: number } {
  let best = { row: -1, nanos: 0 };
  for (let row = 0; row + 1 < critical.offsets.length; row += 1) {
    if (critical.offsets[row] === critical.offsets[row + 1]) continue;
    const nanos = criticalNanos(critical, row);
    if (nanos > best.nanos) best = { row, nanos };
  }
  return best;
}
