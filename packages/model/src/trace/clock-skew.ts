import { at } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import { sortRows } from './sort-rows.ts';
import type { TraceTree } from './tree.ts';

/** What was shifted, and by how much. */
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
  const rows = sortRows(Uint32Array.from(starts.keys()), starts);
  const first = rows.length === 0 ? 0 : at(starts, at(rows, 0));
  const adjusted: TraceOutline = {
    ...outline,
    startUnixNano: outline.startUnixNano + BigInt(first),
    spanIds: gathered(outline.spanIds, rows, new BigUint64Array(rows.length)),
    parentSpanIds: gathered(outline.parentSpanIds, rows, new BigUint64Array(rows.length)),
    startNanos: gathered(starts, rows, new Float64Array(rows.length)).map((start) => start - first),
    durationNanos: gathered(outline.durationNanos, rows, new Float64Array(rows.length)),
    nameIndexes: gathered(outline.nameIndexes, rows, new Uint32Array(rows.length)),
    serviceIndexes: gathered(outline.serviceIndexes, rows, new Uint32Array(rows.length)),
    flags: gathered(outline.flags, rows, new Uint8Array(rows.length)),
  };
  return {
    outline: adjusted,
    originalRows: rows,
    shiftsNanos: Float64Array.from(rows, (row) => at(shifts, row)),
  };
}

/** A column in the order of `rows`. */
function gathered<Column extends BigUint64Array | Float64Array | Uint32Array | Uint8Array>(
  column: Column,
  rows: Uint32Array,
  into: Column,
): Column {
  for (let place = 0; place < rows.length; place++) into[place] = column[at(rows, place)] as Column[number];
  return into;
}
