import type { FlameLanes, TraceOutline, TraceTree } from '@utxoiq/model';
import type { LaneIndex } from './lane-index.ts';

interface LaneTrace {
  readonly analysis: { readonly outline: TraceOutline; readonly tree: TraceTree };
  readonly lanes: FlameLanes;
  readonly index: LaneIndex;
}

const laneKeys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] as const;
export type LaneKey = (typeof laneKeys)[number];

export function isLaneKey(key: string): key is LaneKey {
  return (laneKeys as readonly string[]).includes(key);
}

/** Up to the caller, down to its first call, left and right within the lane; -1 where there is nothing. */
export function neighbourOf({ analysis, lanes, index }: LaneTrace, row: number, key: LaneKey): number {
  const { tree } = analysis;
  if (row < 0) return tree.rootRow;
  if (key === 'ArrowUp') return tree.parentRows[row] ?? -1;
  if (key === 'ArrowDown') {
    return (tree.subtreeSizes[row] ?? 1) > 1 ? (tree.childRows[tree.childOffsets[row] ?? 0] ?? -1) : -1;
  }
  const lane = lanes.lanes[row] ?? 0;
  const from = index.offsets[lane] ?? 0;
  const inLane = index.rows.subarray(from, index.offsets[lane + 1]);
  return inLane[placeIn(inLane, row) + (key === 'ArrowRight' ? 1 : -1)] ?? -1;
}

/** Rows of a lane come in the order of their numbers, so the place is found by halving. */
function placeIn(rows: Uint32Array, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
