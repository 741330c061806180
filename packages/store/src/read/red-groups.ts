import { percentilesOfSteps, STEP_PERCENTILES } from './latency-steps.ts';
import type { Deadline } from './limits.ts';
import type { RedStats } from './queries.ts';
import { type Reader, select } from './reader.ts';
import type { RedSource } from './red-source.ts';
import type { SqlParameters } from './sql-parameters.ts';

export interface RedGroup {
  /** The values of `columns`, as the engine has them. */
  readonly key: readonly unknown[];
  readonly stats: RedStats;
}

interface Grouping {
  readonly source: RedSource;
  /** Expression AS name, or just a name. */
  readonly columns: readonly string[];
  /** Default true; without, the rollup answers several times as fast. */
  readonly withPercentiles?: boolean;
  readonly params: SqlParameters;
  readonly deadline: Deadline;
  readonly signal?: AbortSignal | undefined;
}

/** Rate, errors and percentiles per group. Past the time limit, of what was read so far. */
export async function redGroups(reader: Reader, grouping: Grouping): Promise<readonly RedGroup[]> {
  const { source, columns, withPercentiles = true, params, deadline, signal } = grouping;
  const names = columns.map((column) => column.split(' AS ').at(-1) as string);
  const keys = names.join(', ');
  const grouped = keys === '' ? '' : `GROUP BY ${keys}`;
  const comma = keys === '' ? '' : ',';
  const percentile = withPercentiles ? `, ${STEP_PERCENTILES[source.durations]} AS percentiles` : '';
  const sql = `
SELECT ${columns.join(', ')}${comma} sum(spans) AS count, sum(failed) AS errors${percentile}
FROM ${source.rows} ${grouped}`;
  const result = await select(reader, { sql, params, deadline, signal, onTimeout: 'break' });
  const values = names.map((name) => result.column<ArrayLike<unknown>>(name));
  const count = result.column<BigUint64Array>('count');
  const errors = result.column<BigUint64Array>('errors');
  const percentiles = withPercentiles ? result.column<ArrayLike<readonly number[]>>('percentiles') : [];
  return Array.from({ length: result.rows }, (_, row) => {
    const { p50, p95, p99 } = percentilesOfSteps(percentiles[row]);
    return {
      key: values.map((column) => column[row]),
      stats: { count: Number(count[row]), errors: Number(errors[row]), p50, p95, p99 },
    };
  });
}
