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
  return groups.map((rows) => totalsOf(outline, self, rows, by)).sort((a, b) => b.selfNanos - a.selfNanos);
}

function groupRows(outline: TraceOutline, by: 'service' | 'operation'): number[][] {
  const groups = new Map<number, number[]>();
  const width = outline.names.length;
  for (let row = 0; row < outline.size; row++) {
    const service = at(outline.serviceIndexes, row);
    const key = by === 'service' ? service : service * width + at(outline.nameIndexes, row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function totalsOf(
  outline: TraceOutline,
  self: Float64Array,
  rows: readonly number[],
  by: 'service' | 'operation',
): Totals {
  const first = rows[0] ?? 0;
  const durations = Float64Array.from(rows, (row) => at(outline.durationNanos, row)).sort();
  return {
    service: outline.services[at(outline.serviceIndexes, first)] ?? '',
    name: by === 'service' ? null : (outline.names[at(outline.nameIndexes, first)] ?? ''),
    count: rows.length,
    errors: rows.filter((row) => outlineIsError(at(outline.flags, row))).length,
    totalNanos: durations.reduce((sum, nanos) => sum + nanos, 0),
    selfNanos: rows.reduce((sum, row) => sum + at(self, row), 0),
    minNanos: at(durations, 0),
    medianNanos: quantile(durations, 0.5),
    p95Nanos: quantile(durations, 0.95),
    maxNanos: at(durations, durations.length - 1),
  };
}

/** The smallest value that at least this share of all does not exceed (nearest rank). */
function quantile(sorted: Float64Array, share: number): number {
  return at(sorted, Math.max(0, Math.ceil(share * sorted.length) - 1));
}
