import { stepStartNanos } from './latency-steps.ts';
import { Deadline } from './limits.ts';
import type { HeatmapQuery, HeatmapResult } from './queries.ts';
import { type Reader, select } from './reader.ts';
import { redSource } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';
import { bucketSeconds, bucketStart, SECOND_NANOS } from './time-buckets.ts';
import { cutShort } from './timeseries.ts';

/** Spans by start and duration: time along x, durations on a logarithmic scale along y. */
export async function heatmap(reader: Reader, query: HeatmapQuery): Promise<HeatmapResult> {
  const { timeBuckets = 60, durationBuckets = 40, startUnixNano, endUnixNano, signal } = query;
  const seconds = bucketSeconds(startUnixNano, endUnixNano, timeBuckets);
  const start = bucketStart(startUnixNano, seconds);
  const params = new SqlParameters();
  const deadline = new Deadline(reader.limits);
  const sql = `
SELECT intDiv(toUnixTimestamp(start), ${seconds}) - ${start / SECOND_NANOS / BigInt(seconds)} AS x, step,
  sum(spans) AS spans, sum(failed) AS failed
FROM ${await redSource(reader, { ...query, bucketSeconds: seconds }, params)}
GROUP BY x, step`;
  const result = await select(reader, { sql, params, deadline, signal, onTimeout: 'break' });
  const x = result.column<BigInt64Array>('x');
  const step = result.column<Uint16Array>('step');
  const spans = result.column<BigUint64Array>('spans');
  const failed = result.column<BigUint64Array>('failed');
  const lowest = step.reduce((min, value) => Math.min(min, value), 65_535);
  const highest = step.reduce((max, value) => Math.max(max, value), 0);
  const stepsPerRow = Math.max(1, Math.ceil((highest - lowest + 1) / durationBuckets));
  const rows = result.rows === 0 ? 0 : Math.floor((highest - lowest) / stepsPerRow) + 1;
  const cells = new Map<string, { x: number; y: number; count: number; errors: number }>();
  for (let row = 0; row < result.rows; row++) {
    const cell = {
      x: Number(x[row]),
      y: Math.floor(((step[row] as number) - lowest) / stepsPerRow),
      count: 0,
      errors: 0,
    };
    const known = cells.get(`${cell.x} ${cell.y}`) ?? cell;
    known.count += Number(spans[row]);
    known.errors += Number(failed[row]);
    cells.set(`${cell.x} ${cell.y}`, known);
  }
  return {
    startUnixNano: start,
    bucketNanos: BigInt(seconds) * SECOND_NANOS,
    durationEdges:
      rows === 0
        ? []
        : Array.from({ length: rows + 1 }, (_, row) => stepStartNanos(lowest + row * stepsPerRow)),
    cells: [...cells.values()].sort((a, b) => a.x - b.x || a.y - b.y),
    partial: cutShort(deadline),
  };
}
