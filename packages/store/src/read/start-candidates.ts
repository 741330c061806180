import type { Filter } from '@utxoiq/model';
import { spanCondition } from '../filter/span-condition.ts';
import type { Deadline } from './limits.ts';
import { LOOK_AROUND_NANOS } from './look-around.ts';
import type { ListTracesQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import { larger, type TimeWindow } from './time-windows.ts';

export interface Candidates {
  readonly traceIds: readonly string[];
  /** When the first and the last span that satisfies what is needed starts, of each. */
  readonly firsts: BigInt64Array;
  readonly lasts: BigInt64Array;
  /** There may be more. */
  readonly isCut: boolean;
}

export interface WindowAsked {
  readonly window: TimeWindow;
  /** What a span of each trace satisfies; null: nothing. */
  readonly needed: Filter | null;
  readonly limit: number;
  readonly deadline: Deadline;
}

/** Traces with a span in a window that satisfies what is needed, by the first such one, in the order of the list. */
export async function candidatesIn(
  reader: Reader,
  { projects, orderBy, signal }: ListTracesQuery,
  { window, needed, limit, deadline }: WindowAsked,
): Promise<Candidates> {
  const params = new SqlParameters();
  const sql = `
SELECT trace_id, min(start) AS first_start, max(start) AS last_start
FROM spans
WHERE ${visible(projects, params)}
  AND start >= ${params.time(window.from)} AND start < ${params.time(window.to)}
  AND ${await matching(reader, needed, params)}
GROUP BY trace_id
ORDER BY first_start ${orderBy === 'start' ? 'ASC' : 'DESC'}
LIMIT ${limit}`;
  const result = await select(reader, { sql, params, deadline, signal });
  return {
    traceIds: Array.from(result.column('trace_id')),
    firsts: result.column<BigInt64Array>('first_start'),
    lasts: result.column<BigInt64Array>('last_start'),
    isCut: result.rows === limit,
  };
}

interface LateAsked {
  /** Where the traces start. */
  readonly started: TimeWindow;
  /** Where they satisfy what is needed. */
  readonly beyond: TimeWindow;
  readonly needed: Filter | null;
  readonly limit: number;
  readonly deadline: Deadline;
}

/**
 * Traces that start in a window and have a span beyond the whole range that satisfies what is needed. They are asked for
 * by themselves: nearly all with such a span there start there, too, and going through those took 0.6 s for each page
 * after the first.
 */
export async function lateTraces(
  reader: Reader,
  { projects, signal }: ListTracesQuery,
  { started, beyond, needed, limit, deadline }: LateAsked,
): Promise<readonly string[]> {
  const from = larger(started.from, beyond.from - LOOK_AROUND_NANOS);
  if (from >= started.to) return [];
  const params = new SqlParameters();
  const seen = visible(projects, params);
  const [first, end] = [params.time(from), params.time(started.to)];
  const sql = `
SELECT trace_id FROM (
  SELECT trace_id, 1 AS places FROM traces
  WHERE ${seen} AND bucket BETWEEN toStartOfTenMinutes(${first}) AND ${end} AND start >= ${first} AND start < ${end}
  UNION ALL
  SELECT trace_id, 2 AS places FROM spans
  WHERE ${seen} AND start >= ${params.time(beyond.from)} AND start < ${params.time(beyond.to)}
    AND ${await matching(reader, needed, params)}
)
GROUP BY trace_id
HAVING groupBitOr(places) = 3
LIMIT ${limit}`;
  const result = await select(reader, { sql, params, deadline, signal });
  return Array.from(result.column('trace_id'));
}

export async function matching(
  reader: Reader,
  needed: Filter | null,
  params: SqlParameters,
): Promise<string> {
  return needed === null ? '1' : spanCondition(needed, { params, keys: await reader.keys.load() });
}
