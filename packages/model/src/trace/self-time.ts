import { at } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import type { TraceTree } from './tree.ts';

/** Nanoseconds of every row in which none of its children ran; children are cut to their parent. O(n). */
export function selfTimes(outline: TraceOutline, tree: TraceTree): Float64Array {
  const self = new Float64Array(outline.size);
  for (let row = 0; row < outline.size; row++) self[row] = selfTime(outline, tree, row);
  return self;
}

function selfTime({ startNanos, durationNanos }: TraceOutline, tree: TraceTree, row: number): number {
  const start = at(startNanos, row);
  const end = start + at(durationNanos, row);
  const last = at(tree.childOffsets, row + 1);
  let covered = 0;
  let cursor = start;
  for (let i = at(tree.childOffsets, row); i < last; i++) {
    const child = at(tree.childRows, i);
    const childStart = Math.max(at(startNanos, child), cursor);
    const childEnd = Math.min(at(startNanos, child) + at(durationNanos, child), end);
    if (childEnd <= childStart) continue;
    covered += childEnd - childStart;
    cursor = childEnd;
  }
  return end - start - covered;
}
