import type { FlameLanes, TraceOutline } from '@utxoiq/model';

/** The rows of each lane by start, so that a frame finds those it shows by halving. */
export interface LaneIndex {
  /** The rows of `lane` are `rows[offsets[lane]]` to before `rows[offsets[lane + 1]]`. */
  readonly offsets: Uint32Array;
  readonly rows: Uint32Array;
}

/** Rows of an outline come by start, so filling the lanes in their order keeps them so. O(n). */
export function indexLanes({ lanes, laneCount }: FlameLanes): LaneIndex {
  const offsets = new Uint32Array(laneCount + 1);
  for (const lane of lanes) offsets[lane + 1] = (offsets[lane + 1] ?? 0) + 1;
  for (let lane = 0; lane < laneCount; lane += 1)
    offsets[lane + 1] = (offsets[lane + 1] ?? 0) + (offsets[lane] ?? 0);
  const next = offsets.slice();
  const rows = new Uint32Array(lanes.length);
  for (let row = 0; row < lanes.length; row += 1) {
    const lane = lanes[row] ?? 0;
    const place = next[lane] ?? 0;
    rows[place] = row;
    next[lane] = place + 1;
  }
  return { offsets, rows };
}

/** The first place in the lane, from `from` on, whose span ends after `nanos`; spans of a lane do not overlap. */
export function firstEndingAfter(
  { offsets, rows }: LaneIndex,
  { startNanos, durationNanos }: TraceOutline,
  lane: number,
  nanos: number,
  from = offsets[lane] ?? 0,
): number {
  let low = from;
  let high = offsets[lane + 1] ?? 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle] ?? 0;
    if ((startNanos[row] ?? 0) + Math.max(1, durationNanos[row] ?? 0) > nanos) high = middle;
    else low = middle + 1;
  }
  return low;
}
