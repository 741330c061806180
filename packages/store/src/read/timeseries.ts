import { LatencySteps } from './latency-steps.ts';
import { Deadline } from './limits.ts';
import type { PartialReason, TimeseriesQuery, TimeseriesResult } from './queries.ts';
import { type Reader, select } from './reader.ts';
import { redSource } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';
import { bucketSeconds, SECOND_NANOS } from './time-buckets.ts';

/** Rate, errors and percentiles over time, in one series or one per service or operation. */
export async function timeseries(reader: Reader, query: TimeseriesQuery): Promise<TimeseriesResult> {
  const { groupBy, buckets = 60, startUnixNano, endUnixNano, signal } = query;
  const seconds = bucketSeconds(startUnixNano, endUnixNano, buckets);
  const key =
    groupBy === 'service'
      ? 'toString(service)'
      : groupBy === 'operation'
        ? `concat(service, ' ', name)`
        : `''`;
  const params = new SqlParameters();
  const deadline = new Deadline(reader.limits);
  const sql = `
SELECT ${key} AS series, toUInt32(intDiv(toUnixTimestamp(start), ${seconds})) AS bucket, step,
  sum(spans) AS spans, sum(failed) AS failed
FROM ${await redSource(reader, { ...query, bucketSeconds: seconds }, params)}
GROUP BY series, bucket, step`;
  const result = await select(reader, { sql, params, deadline, signal, onTimeout: 'break' });
  const series = result.column('series');
  const bucket = result.column<Uint32Array>('bucket');
  const step = result.column<Uint16Array>('step');
  const spans = result.column<BigUint64Array>('spans');
  const failed = result.column<BigUint64Array>('failed');
  const points = new Map<string, Map<number, LatencySteps>>();
  for (let row = 0; row < result.rows; row++) {
    const inSeries = entry(points, series[row] as string, () => new Map<number, LatencySteps>());
    const steps = entry(inSeries, bucket[row] as number, () => new LatencySteps());
    steps.add(step[row] as number, Number(spans[row]), Number(failed[row]));
  }
  const bucketNanos = BigInt(seconds) * SECOND_NANOS;
  return {
    bucketNanos,
    series: Array.from(points, ([name, inSeries]) => ({
      key: name,
      points: Array.from(inSeries, ([index, steps]) => ({
        startUnixNano: BigInt(index) * bucketNanos,
        ...steps.stats(),
      })).sort((a, b) => (a.startUnixNano < b.startUnixNano ? -1 : 1)),
    })).sort((a, b) => total(b.points) - total(a.points) || (a.key < b.key ? -1 : 1)),
    partial: cutShort(deadline),
  };
}

const total = (points: readonly { readonly count: number }[]): number =>
  points.reduce((sum, { count }) => sum + count, 0);

/** With `onTimeout: 'break'` the engine answers what it had when time was up, without saying so. */
export const cutShort = (deadline: Deadline): PartialReason => (deadline.isOver ? { reason: 'time' } : null);

export function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
