import { buildTree, flameLanes, type TraceOutline } from '@utxoiq/model';
import { describe, expect, it } from 'vitest';
import { firstEndingAfter, indexLanes } from './lane-index.ts';
import { neighbourOf } from './lane-keys.ts';

/** A root and `count` children of 10 ns, one every 8 ns, so that each overlaps the next. */
function outlineOf(count: number): TraceOutline {
  const size = count + 1;
  return {
    projectId: '',
    traceId: '1'.repeat(32),
    startUnixNano: 0n,
    size,
    spanIds: BigUint64Array.from({ length: size }, (_, row) => BigInt(row + 1)),
    parentSpanIds: BigUint64Array.from({ length: size }, (_, row) => (row === 0 ? 0n : 1n)),
    startNanos: Float64Array.from({ length: size }, (_, row) => (row === 0 ? 0 : (row - 1) * 8)),
    durationNanos: Float64Array.from({ length: size }, (_, row) => (row === 0 ? 10_000 : 10)),
    nameIndexes: new Uint32Array(size),
    serviceIndexes: new Uint32Array(size),
    flags: new Uint8Array(size),
    names: ['work'],
    services: ['one'],
  };
}

describe('the lanes of a flame graph over time', () => {
  const outline = outlineOf(100);
  const tree = buildTree(outline);
  const { lanes, laneCount } = flameLanes(outline, tree);
  const index = indexLanes({ lanes, laneCount });

  it('hold every span once, each lane by start and without overlap', () => {
    expect([...index.rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, row) => row));
    for (let lane = 0; lane < laneCount; lane += 1) {
      const rows = index.rows.subarray(index.offsets[lane], index.offsets[lane + 1]);
      expect([...rows].every((row) => lanes[row] === lane)).toBe(true);
      const ends = [...rows].map((row) => (outline.startNanos[row] ?? 0) + (outline.durationNanos[row] ?? 0));
      expect([...rows].slice(1).every((row, at) => (outline.startNanos[row] ?? 0) >= (ends[at] ?? 0))).toBe(
        true,
      );
    }
  });

  it('finds what a moment meets as a look at every span does', () => {
    for (let lane = 0; lane < laneCount; lane += 1) {
      for (let nanos = -5; nanos < 820; nanos += 3) {
        const rows = [...index.rows.subarray(index.offsets[lane], index.offsets[lane + 1])];
        const slow = rows.findIndex(
          (row) => (outline.startNanos[row] ?? 0) + (outline.durationNanos[row] ?? 0) > nanos,
        );
        const found = firstEndingAfter(index, outline, lane, nanos) - (index.offsets[lane] ?? 0);
        expect(found).toBe(slow < 0 ? rows.length : slow);
      }
    }
  });

  it('lead by key to the caller, the first call and the spans beside one', () => {
    const trace = { analysis: { outline, tree }, lanes: { lanes, laneCount }, index };
    expect(neighbourOf(trace, -1, 'ArrowRight')).toBe(0);
    expect(neighbourOf(trace, 0, 'ArrowDown')).toBe(1);
    expect(neighbourOf(trace, 1, 'ArrowDown')).toBe(-1);
    expect(neighbourOf(trace, 7, 'ArrowUp')).toBe(0);
    for (let row = 0; row <= 100; row += 1) {
      const inLane = [...lanes.keys()].filter((one) => lanes[one] === lanes[row]);
      const place = inLane.indexOf(row);
      expect(neighbourOf(trace, row, 'ArrowRight')).toBe(inLane[place + 1] ?? -1);
      expect(neighbourOf(trace, row, 'ArrowLeft')).toBe(inLane[place - 1] ?? -1);
    }
  });
});
