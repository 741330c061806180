import { describe, expect, it } from 'vitest';
import { fillBuckets } from './fill-buckets.ts';

const point = (ms: number, count: number) => ({
  start_time: new Date(ms).toISOString(),
  count,
  errors: 0,
  p50_ms: 1,
  p95_ms: 2,
  p99_ms: 3,
});

describe('fillBuckets', () => {
  it('puts empty points where the platform sent none, aligned to its buckets', () => {
    const filled = fillBuckets([point(20_000, 5), point(40_000, 7)], 10_000, {
      startMs: 5000,
      endMs: 55_000,
    });
    expect(filled.map(({ start_time, count }) => [Date.parse(start_time), count])).toEqual([
      [0, 0],
      [10_000, 0],
      [20_000, 5],
      [30_000, 0],
      [40_000, 7],
      [50_000, 0],
    ]);
  });

  it('has nothing to fill without points', () => {
    expect(fillBuckets([], 10_000, { startMs: 0, endMs: 1e6 })).toEqual([]);
  });
});
