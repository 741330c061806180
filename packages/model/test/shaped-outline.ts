import { emptyColumns } from '../src/trace/build-outline.ts';
import type { TraceOutline } from '../src/trace/outline.ts';

/** An outline of any size and shape: row r has id r + 1 and the given parent id, 0 for none. */
export function shapedOutline(size: number, parentOf: (row: number) => number): TraceOutline {
  const columns = emptyColumns(size);
  for (let row = 0; row < size; row++) {
    columns.spanIds[row] = BigInt(row + 1);
    columns.parentSpanIds[row] = BigInt(parentOf(row));
    columns.startNanos[row] = row;
    columns.durationNanos[row] = 2 * (size - row);
  }
  return { traceId: '', projectId: '', startUnixNano: 0n, size, ...columns, names: ['n'], services: ['s'] };
}
