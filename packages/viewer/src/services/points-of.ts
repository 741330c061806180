import type { RedPoint, Timeseries } from '../api/types.ts';
import { fillBuckets } from '../charts/fill-buckets.ts';
import type { TimeRange } from '../time/range.ts';

/** The course over time of one service or operation; empty while it is not known. */
export function pointsOf(series: Timeseries | undefined, key: string, range: TimeRange): readonly RedPoint[] {
  const found = series?.series.find((one) => one.key === key);
  return found === undefined || series === undefined
    ? []
    : fillBuckets(found.points, series.bucket_ms, range);
}
