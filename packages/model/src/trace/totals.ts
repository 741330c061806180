import { at } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import { outlineIsError } from './outline-flags.ts';

/** What the spans of a service, or of one operation of it, add up to. Times in nanoseconds. */
export interface Totals {
  readonly service: string;
  /** Null where the operations of the service are taken together. */
  readonly name: string | null;
  readonly count: number;
  readonly errors: number;
  /** Sum of durations; more than the trace's where spans ran inside each other or at once. */
  readonly totalNanos: number;
  readonly selfNanos: number;
  readonly minNanos: number;
  readonly medianNanos: number;
  readonly p95Nanos: number;
  readonly maxNanos: number;
}

/** Totals by service, or by service and name; most self time first. O(n log n). */
export function totals(outline: TraceOutline, self: Float64Array, by: 'service' | 'operation'): Totals[] {
  const groups = groupRows(outline, by);
  const durations = durationsByGroup(outline, groups);
  const errors = new Uint32Array(groups.firstRows.length);
  const selfNanos = new Float64Array(groups.firstRows.length);
  groups.ofRows.forEach((group, row) => {
    if (outlineIsError(at(outline.flags, row))) errors[group] = at(errors, group) + 1;
    selfNanos[group] = at(selfNanos, group) + at(self, row);
  });
  return groups.firstRows
    .map((row, group) => ({
      service: outline.services[at(outline.serviceIndexes, row)] ?? '',
      name: by === 'service' ? null : (outline.names[at(outline.nameIndexes, row)] ?? ''),
      errors: at(errors, group),
      selfNanos: at(selfNanos, group),
      ...distribution(durations[group] ?? new Float64Array()),
    }))
    .sort((a, b) => b.selfNanos - a.selfNanos);
}

interface Groups {
  /** The group of every row. */
  readonly ofRows: Uint32Array;
  /** A row of every group. */
  readonly firstRows: readonly number[];
}

function groupRows(outline: TraceOutline, by: 'service' | 'operation'): Groups {
  const numbers = new Map<number, number>();
  const firstRows: number[] = [];
  const ofRows = new Uint32Array(outline.size);
  for (let row = 0; row < outline.size; row++) {
    const service = at(outline.serviceIndexes, row);
    const key = by === 'service' ? service : service * outline.names.length + at(outline.nameIndexes, row);
    let group = numbers.get(key);
    if (group === undefined) {
      group = firstRows.push(row) - 1;
      numbers.set(key, group);
    }
    ofRows[row] = group;
  }
  return { ofRows, firstRows };
}

/** The durations of every group, sorted. */
function durationsByGroup(outline: TraceOutline, { ofRows, firstRows }: Groups): Float64Array[] {
  const offsets = new Uint32Array(firstRows.length + 1);
  for (const group of ofRows) offsets[group + 1] = at(offsets, group + 1) + 1;
  for (let group = 0; group < firstRows.length; group++) {
    offsets[group + 1] = at(offsets, group + 1) + at(offsets, group);
  }
  const all = new Float64Array(outline.size);
  const next = offsets.slice();
  ofRows.forEach((group, row) => {
    const place = at(next, group);
    all[place] = at(outline.durationNanos, row);
    next[group] = place + 1;
  });
  return firstRows.map((_, group) => all.subarray(at(offsets, group), at(offsets, group + 1)).sort());
}

function distribution(sorted: Float64Array) {
  return {
    count: sorted.length,
    totalNanos: sorted.reduce((sum, nanos) => sum + nanos, 0),
    minNanos: at(sorted, 0),
    medianNanos: quantile(sorted, 0.5),
    p95Nanos: quantile(sorted, 0.95),
    maxNanos: at(sorted, sorted.length - 1),
  };
}

/** The smallest value that at least this share of all does not exceed (nearest rank). */
function quantile(sorted: Float64Array, share: number): number {
  return at(sorted, Math.max(0, Math.ceil(share * sorted.length) - 1));
}
