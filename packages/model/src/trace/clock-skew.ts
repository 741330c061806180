import { at } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import type { TraceTree } from './tree.ts';

export interface ClockSkewAdjustment {
  /** The trace with shifted starts, sorted anew. */
  readonly outline: TraceOutline;
  /** For every row of the new outline, its row in the old one. */
  readonly originalRows: Uint32Array;
  /** For every row of the new outline, the nanoseconds it was shifted by. */
  readonly shiftsNanos: Float64Array;
  /** Rows that were shifted at all. */
  readonly shiftedCount: number;
}

/**
 * Shifts what another service's clock reported so that it lies within its caller, the way Jaeger does: a
 * child of another service that does not fit into its parent is centred in it (or, if it is the longer one,
 * starts with it), and everything below of the same service moves along. A guess, therefore never applied
 * unless asked for. O(n log n), without recursion.
 */
export function adjustClockSkew(outline: TraceOutline, tree: TraceTree): ClockSkewAdjustment {
  const shifts = new Float64Array(outline.size);
  let shiftedCount = 0;
  for (const row of tree.order) {
    const parent = at(tree.parentRows, row);
    if (parent < 0) continue;
    const sameClock = outline.serviceIndexes[row] === outline.serviceIndexes[parent];
    shifts[row] = sameClock ? at(shifts, parent) : skew(outline, row, parent, at(shifts, parent));
    if (shifts[row] !== 0) shiftedCount++;
  }
  return { ...resorted(outline, shifts), shiftedCount };
}

function skew(
  { startNanos, durationNanos }: TraceOutline,
  row: number,
  parent: number,
  parentShift: number,
): number {
  const parentStart = at(startNanos, parent) + parentShift;
  const parentDuration = at(durationNanos, parent);
  const start = at(startNanos, row);
  const duration = at(durationNanos, row);
  if (duration > parentDuration) return start < parentStart ? parentStart - start : 0;
  if (start >= parentStart && start + duration <= parentStart + parentDuration) return 0;
  return parentStart + Math.floor((parentDuration - duration) / 2) - start;
}

function resorted(outline: TraceOutline, shifts: Float64Array): Omit<ClockSkewAdjustment, 'shiftedCount'> {
  const starts = outline.startNanos.map((start, row) => start + at(shifts, row));
  const rows = Uint32Array.from(starts.keys()).sort((a, b) => at(starts, a) - at(starts, b) || a - b);
  const first = rows.length === 0 ? 0 : at(starts, at(rows, 0));
  const adjusted: TraceOutline = {
    ...outline,
    startUnixNano: outline.startUnixNano + BigInt(first),
    spanIds: BigUint64Array.from(rows, (row) => outline.spanIds[row] ?? 0n),
    parentSpanIds: BigUint64Array.from(rows, (row) => outline.parentSpanIds[row] ?? 0n),
    startNanos: Float64Array.from(rows, (row) => at(starts, row) - first),
    durationNanos: Float64Array.from(rows, (row) => at(outline.durationNanos, row)),
    nameIndexes: Uint32Array.from(rows, (row) => at(outline.nameIndexes, row)),
    serviceIndexes: Uint32Array.from(rows, (row) => at(outline.serviceIndexes, row)),
    flags: Uint8Array.from(rows, (row) => at(outline.flags, row)),
  };
  return {
    outline: adjusted,
    originalRows: rows,
    shiftsNanos: Float64Array.from(rows, (row) => at(shifts, row)),
  };
}
