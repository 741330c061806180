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
  const source = await redSource(
    reader,
    { ...query, bucketSeconds: seconds, withSteps: percentiles },
    params,
  );
  const groups = await redGroups(reader, {
    source,
    columns: [...columns, `toUInt32(intDiv(toUnixTimestamp(start), ${seconds})) AS bucket`],
    withSteps: percentiles,
    params,
    deadline,
    signal,
  });
  const bucketNanos = BigInt(seconds) * SECOND_NANOS;
  const series = new Map<string, ({ startUnixNano: bigint } & RedStats)[]>();
  for (const { key, stats } of groups) {
    const point = { startUnixNano: BigInt(key.at(-1) as number) * bucketNanos, ...stats };
    entry(series, key.slice(0, -1).join(' '), () => [] as (typeof point)[]).push(point);
  }
  return {
    bucketNanos,
    series: Array.from(series, ([key, points]) => ({
      key,
      points: points.sort((a, b) => (a.startUnixNano < b.startUnixNano ? -1 : 1)),
    })).sort((a, b) => total(b.points) - total(a.points) || (a.key < b.key ? -1 : 1)),
    partial: cutShort(deadline),
  };
}

const total = (points: readonly { readonly count: number }[]): number =>
  points.reduce((sum, { count }) => sum + count, 0);

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
