import { Deadline } from './limits.ts';
import type { PartialReason, RedStats, TimeseriesQuery, TimeseriesResult } from './queries.ts';
import type { Reader } from './reader.ts';
import { redGroups } from './red-groups.ts';
import { redSource } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';
import { bucketSeconds, SECOND_NANOS } from './time-buckets.ts';

/** Rate, errors and percentiles over time, in one series or one per service or operation. */
export async function timeseries(reader: Reader, query: TimeseriesQuery): Promise<TimeseriesResult> {
  const { groupBy, buckets = 60, percentiles = true, startUnixNano, endUnixNano, signal } = query;
  const seconds = bucketSeconds(startUnixNano, endUnixNano, buckets);
  const columns = groupBy === 'operation' ? ['service', 'name'] : groupBy === 'service' ? ['service'] : [];
  const params = new SqlParameters();
  const deadline = new Deadline(reader.limits);
  const source = await redSource(reader, { ...query, bucketSeconds: seconds }, params);
  const groups = await redGroups(reader, {
    source,
    columns: [...columns, `toUInt32(intDiv(toUnixTimestamp(start), ${seconds})) AS bucket`],
    withPercentiles: percentiles,
    params,
    deadline,
    signal,
  });
  const bucketNanos = BigInt(seconds) * SECOND_NANOS;
  const series = new Map<string, Series>();
  for (const { key, stats } of groups) {
    const bucket = key.at(-1) as number;
    const one = entry(series, key.slice(0, -1).join(' '), () => ({ points: [], total: 0 }));
    one.points.push({ bucket, stats });
    one.total += stats.count;
  }
  return {
    bucketNanos,
    series: Array.from(series)
      .sort(([keyA, a], [keyB, b]) => b.total - a.total || (keyA < keyB ? -1 : 1))
      .map(([key, { points }]) => ({
        key,
        points: points
          .sort((a, b) => a.bucket - b.bucket)
          .map(({ bucket, stats }) => pointOf(BigInt(bucket) * bucketNanos, stats)),
      })),
    partial: cutShort(deadline),
  };
}

// Field by field: with a spread, a day of minutes takes three times as long.
const pointOf = (startUnixNano: bigint, { count, errors, p50, p95, p99 }: RedStats) => ({
  startUnixNano,
  count,
  errors,
  p50,
  p95,
  p99,
});

interface Series {
  readonly points: { readonly bucket: number; readonly stats: RedStats }[];
  total: number;
}

/** With `onTimeout: 'break'` the engine answers what it had when time was up, without saying so. */
export const cutShort = (deadline: Deadline): PartialReason => (deadline.isOver ? { reason: 'time' } : null);

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
