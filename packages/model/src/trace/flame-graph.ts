import type { CallTree } from './call-tree.ts';
import { FirstFreeLane } from './first-free-lane.ts';
import { at } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import { sortRows } from './sort-rows.ts';
import type { TraceTree } from './tree.ts';

/** Where each span stands in a flame graph over time: x is its own time, y its lane, 0 at the top. */
export interface FlameLanes {
  readonly lanes: Uint32Array;
  readonly laneCount: number;
}

/**
 * Lanes such that every span stands below its parent and no two in a lane overlap: spans that ran at once go
 * below each other. O(n log n).
 */
export function flameLanes(outline: TraceOutline, tree: TraceTree): FlameLanes {
  const lanes = new Uint32Array(outline.size);
  const free = new FirstFreeLane();
  let laneCount = 0;
  const place = (row: number) => {
    const parent = at(tree.parentRows, row);
    const start = at(outline.startNanos, row);
    const lane = free.find(parent < 0 ? 0 : at(lanes, parent) + 1, start);
    // At least a nanosecond each, so that instants do not stand on each other.
    free.take(lane, start + Math.max(1, at(outline.durationNanos, row)));
    lanes[row] = lane;
    laneCount = Math.max(laneCount, lane + 1);
  };
  for (const row of spanStartOrder(outline, tree)) place(row);
  return { lanes, laneCount };
}

/** Rows by start, except that a parent comes before a child whose clock says it started earlier. */
export function spanStartOrder(outline: TraceOutline, tree: TraceTree): Uint32Array {
  const starts = new Float64Array(outline.size);
  for (const row of tree.order) {
    const parent = at(tree.parentRows, row);
    starts[row] = Math.max(at(outline.startNanos, row), parent < 0 ? 0 : at(starts, parent));
  }
  return sortRows(tree.order, starts);
}

/** Boxes of a folded flame graph: y is the node's depth, `x` and `widths` are in nanoseconds. */
export interface FlameBoxes {
  readonly x: Float64Array;
  readonly widths: Float64Array;
  readonly totalNanos: number;
}

/**
 * A folded flame graph of one side of a call tree. A node is as wide as its own self time and its children
 * together, so boxes always nest, also where calls ran at once. O(n).
 */
export function flameBoxes({ forest, sides }: CallTree, side = 0): FlameBoxes {
  const widths = Float64Array.from(sides[side]?.selfNanos ?? []);
  for (let position = forest.size - 1; position >= 0; position--) {
    const node = at(forest.order, position);
    const parent = at(forest.parentRows, node);
    if (parent >= 0) widths[parent] = at(widths, parent) + at(widths, node);
  }
  const x = new Float64Array(forest.size);
  let totalNanos = 0;
  // Where the next child of a node starts.
  const next = new Float64Array(forest.size);
  for (const node of forest.order) {
    const parent = at(forest.parentRows, node);
    const start = parent < 0 ? totalNanos : at(next, parent);
    x[node] = start;
    next[node] = start;
    if (parent < 0) totalNanos += at(widths, node);
    else next[parent] = start + at(widths, node);
  }
  return { x, widths, totalNanos };
}
