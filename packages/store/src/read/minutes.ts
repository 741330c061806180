import { stepStartNanos } from './latency-steps.ts';
import { Deadline } from './limits.ts';
import type { MinutesQuery, MinutesResult } from './queries.ts';
import { type Reader, select } from './reader.ts';
import { redSource } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';
import { cutShort } from './timeseries.ts';

const DURATIONS = { maps: 'sumMap(steps)', step: 'sumMap(map(step, toUInt64(spans)))' } as const;

type Minute = MinutesResult['series'][number]['minutes'][number];

/** What each minute had, with its durations whole: from the rollup where it can answer. */
export async function minutes(reader: Reader, query: MinutesQuery): Promise<MinutesResult> {
  const { groupBy, durations = true, signal } = query;
  const params = new SqlParameters();
  const deadline = new Deadline(reader.limits);
  const source = await redSource(reader, query, params);
  const service = groupBy === 'service' ? 'service' : `''`;
  const sql = `
SELECT ${service} AS key, toUInt32(intDiv(toUnixTimestamp(start), 60)) AS at, sum(spans) AS count, sum(failed) AS errors
  ${durations ? `, ${DURATIONS[source.durations]} AS durations` : ''}
FROM ${source.rows}
GROUP BY key, at
ORDER BY at`;
  const result = await select(reader, { sql, params, deadline, signal, onTimeout: 'break' });
  const keys = result.column('key');
  const at = result.column<Uint32Array>('at');
  const count = result.column<BigUint64Array>('count');
  const errors = result.column<BigUint64Array>('errors');
  const steps = durations ? result.column<ArrayLike<ReadonlyMap<number, bigint>>>('durations') : [];
  const series = new Map<string, Minute[]>();
  for (let row = 0; row < result.rows; row++) {
    const key = keys[row] as string;
    const known = series.get(key);
    const minute = {
      minute: at[row] as number,
      count: Number(count[row]),
      errors: Number(errors[row]),
      durations: inNanos(steps[row]),
    };
    if (known === undefined) series.set(key, [minute]);
    else known.push(minute);
  }
  return {
    series: Array.from(series, ([key, all]) => ({ key, minutes: all })),
    partial: cutShort(deadline),
  };
}

function inNanos(steps: ReadonlyMap<number, bigint> | undefined): ReadonlyMap<number, number> {
  const nanos = new Map<number, number>();
  if (steps !== undefined)
    for (const [step, spans] of steps) nanos.set(stepStartNanos(step + 0.5), Number(spans));
  return nanos;
}
