import type { RedPoint } from '../api/types.ts';
import type { TimeRange } from '../time/range.ts';

/** A point for every bucket of the range: the platform leaves out the empty ones. */
export function fillBuckets(
  points: readonly RedPoint[],
  bucketMs: number,
  range: TimeRange,
): readonly RedPoint[] {
  const [first] = points;
  if (first === undefined || !(bucketMs > 0)) return points;
  const anchor = Date.parse(first.start_time);
  const bucketOf = (ms: number) => Math.round((ms - anchor) / bucketMs);
  const byBucket = new Map(points.map((point) => [bucketOf(Date.parse(point.start_time)), point]));
  const from = Math.floor((range.startMs - anchor) / bucketMs);
  const to = Math.ceil((range.endMs - anchor) / bucketMs);
  return Array.from(
    { length: Math.max(0, to - from) },
    (_, index) => byBucket.get(from + index) ?? emptyPoint(anchor + (from + index) * bucketMs),
  );
}

function emptyPoint(startMs: number): RedPoint {
  return {
    start_time: new Date(startMs).toISOString(),
    count: 0,
    errors: 0,
    p50_ms: 0,
    p95_ms: 0,
    p99_ms: 0,
  };
}
