import type { Filter } from '@utxoiq/model';
import { spanCondition } from '../filter/span-condition.ts';
import { STEP_OF_SPAN } from './latency-steps.ts';
import type { TimeRangeQuery } from './queries.ts';
import { type Reader, visible } from './reader.ts';
import type { SqlParameters } from './sql-parameters.ts';

export interface RedQuery extends TimeRangeQuery {
  readonly filter?: Filter | null;
  readonly bucketSeconds?: number;
}

/** Rows to be summed, of (start, service, name, kind, spans, failed) and durations. */
export interface RedSource {
  readonly rows: string;
  /** Of the rollup, each row has maps `steps` and `error_steps`; of spans, each has its `step`. */
  readonly durations: 'maps' | 'step';
}

/** From the rollup where it can answer, else from the spans. The rollup counts whole minutes. */
export async function redSource(reader: Reader, query: RedQuery, params: SqlParameters): Promise<RedSource> {
  const { projects, filter = null, bucketSeconds = 60, startUnixNano, endUnixNano } = query;
  const condition = filter === null ? '1' : spanCondition(filter, { params, keys: await reader.keys.load() });
  const where = (column: string, from: string) =>
    `${column} BETWEEN ${from} AND ${params.time(endUnixNano)} AND ${visible(projects, params)} AND ${condition}`;
  if (bucketSeconds % 60 !== 0 || !rollupAnswers(filter)) {
    return {
      durations: 'step',
      rows: `(SELECT start, service, name, kind, ${STEP_OF_SPAN} AS step, 1 AS spans, status_code = 2 AS failed
  FROM spans WHERE ${where('start', params.time(startUnixNano))})`,
    };
  }
  return {
    durations: 'maps',
    rows: `(SELECT minute AS start, service, operation AS name, kind, count AS spans, errors AS failed, steps, error_steps
  FROM red WHERE ${where('minute', `toStartOfMinute(${params.time(startUnixNano)})`)})`,
  };
}

export const ROLLUP_FIELDS: readonly string[] = ['service', 'name', 'kind'];

/** Whether a filter asks only for what the rollup is grouped by. */
export function rollupAnswers(filter: Filter | null): boolean {
  if (filter === null) return true;
  switch (filter.type) {
    case 'and':
    case 'or':
      return filter.terms.every(rollupAnswers);
    case 'not':
    case 'same-span':
      return rollupAnswers(filter.term);
    case 'field':
      return filter.scope === 'any' && ROLLUP_FIELDS.includes(filter.field);
    default:
      return false;
  }
}
