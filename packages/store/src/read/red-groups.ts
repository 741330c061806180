import { percentilesOfSteps, STEP_PERCENTILES } from './latency-steps.ts';
import type { Deadline } from './limits.ts';
import type { RedStats } from './queries.ts';
import { type Reader, select } from './reader.ts';
import type { SqlParameters } from './sql-parameters.ts';

export interface RedGroup {
  /** The values of `columns`, as the engine has them. */
  readonly key: readonly unknown[];
  readonly stats: RedStats;
}

interface Grouping {
  /** Rows of (..., step, spans, failed), as `redSource` makes them. */
  readonly source: string;
  /** Expression AS name, or just a name. */
  readonly columns: readonly string[];
  readonly withSteps?: boolean;
  readonly params: SqlParameters;
  readonly deadline: Deadline;
  readonly signal?: AbortSignal | undefined;
}

/** Rate, errors and percentiles per group. Past the time limit, of what was read so far. */
export async function redGroups(reader: Reader, grouping: Grouping): Promise<readonly RedGroup[]> {
  const { source, columns, withSteps = true, params, deadline, signal } = grouping;
  const names = columns.map((column) => column.split(' AS ').at(-1) as string);
  const keys = names.join(', ');
  const grouped = keys === '' ? '' : `GROUP BY ${keys}`;
  const comma = keys === '' ? '' : ',';
  const sums = 'sum(spans) AS count, sum(failed) AS errors';
  const sql = withSteps
    ? `
SELECT ${keys}${comma} ${sums}, ${STEP_PERCENTILES} AS percentiles
FROM (SELECT ${columns.join(', ')}${comma} step, sum(spans) AS spans, sum(failed) AS failed FROM ${source} GROUP BY ${keys}${comma} step)
${grouped}`
    : `SELECT ${columns.join(', ')}${comma} ${sums} FROM ${source} ${grouped}`;
  const result = await select(reader, { sql, params, deadline, signal, onTimeout: 'break' });
  const values = names.map((name) => result.column<ArrayLike<unknown>>(name));
  const count = result.column<BigUint64Array>('count');
  const errors = result.column<BigUint64Array>('errors');
  const percentiles = withSteps ? result.column<ArrayLike<readonly number[]>>('percentiles') : [];
  return Array.from({ length: result.rows }, (_, row) => ({
    key: values.map((column) => column[row]),
    stats: {
      count: Number(count[row]),
      errors: Number(errors[row]),
      ...percentilesOfSteps(percentiles[row]),
    },
  }));
}
