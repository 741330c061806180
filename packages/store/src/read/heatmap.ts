import { STEPS_END, stepStartNanos } from './latency-steps.ts';
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
  const source = await redSource(reader, { ...query, bucketSeconds: seconds }, params);
  const x = `intDiv(toUnixTimestamp(start), ${seconds}) - ${start / SECOND_NANOS / BigInt(seconds)} AS x`;
  const sql = source.durations === 'maps' ? cellsOfMaps(source.rows, x) : cellsOfSpans(source.rows, x);
  const result = await select(reader, { sql, params, deadline, signal, onTimeout: 'break' });
  const columns = result.column<BigInt64Array>('x');
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
      x: Number(columns[row]),
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

const cellsOfSpans = (rows: string, x: string): string => `
SELECT ${x}, step, sum(spans) AS spans, sum(failed) AS failed
FROM ${rows}
GROUP BY x, step`;

/** Into an array with a place per step: a quarter cheaper than a row per step of each map. */
const cellsOfMaps = (rows: string, x: string): string => `
SELECT x, toUInt16(cell.3) AS step, cell.1 AS spans, cell.2 AS failed
FROM (
  SELECT ${x},
    sumResampleArray(0, ${STEPS_END}, 1)(mapValues(steps), mapKeys(steps)) AS all,
    sumResampleArray(0, ${STEPS_END}, 1)(mapValues(error_steps), mapKeys(error_steps)) AS errors
  FROM ${rows}
  GROUP BY x
)
ARRAY JOIN arrayFilter(cell -> cell.1 > 0, arrayZip(all, errors, range(${STEPS_END}))) AS cell`;
