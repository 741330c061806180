import { STEP_OF_SPAN } from './latency-steps.ts';
import { Deadline } from './limits.ts';
import type { Dependency, TimeRangeQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { redGroups } from './red-groups.ts';
import { redSource } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';

/** Spans that a join takes in at most; of more, whole minutes are sampled and the counts are scaled. */
const MAX_JOINED_SPANS = 200_000;
const MINUTE_NANOS = 60_000_000_000n;

/** Calls from service to service: spans whose parent belongs to another service. */
export async function dependencies(reader: Reader, query: TimeRangeQuery): Promise<readonly Dependency[]> {
  const deadline = new Deadline(reader.limits);
  const { signal } = query;
  const every = Math.max(1, Math.ceil((await countSpans(reader, query, deadline)) / MAX_JOINED_SPANS));
  const params = new SqlParameters();
  const rows = `(
SELECT caller.service AS parent, called.service AS child, step, 1 AS spans, failed
FROM (SELECT trace_id, parent_span_id, service, ${STEP_OF_SPAN} AS step, status_code = 2 AS failed
  FROM spans WHERE ${sampled(query, every, params)}) AS called
INNER JOIN (SELECT trace_id, span_id, service
  FROM spans WHERE ${sampled(query, every, params)}) AS caller
  ON caller.trace_id = called.trace_id AND caller.span_id = called.parent_span_id
WHERE caller.service != called.service)`;
  const source = { rows, durations: 'step' } as const;
  const groups = await redGroups(reader, { source, columns: ['parent', 'child'], params, deadline, signal });
  return groups
    .map(({ key: [parent, child], stats }) => ({
      parent: parent as string,
      child: child as string,
      ...stats,
      count: stats.count * every,
      errors: stats.errors * every,
    }))
    .sort((a, b) => b.count - a.count);
}

/** The range's spans, or those of each n-th minute: a call and its caller mostly start in the same one. */
function sampled(query: TimeRangeQuery, every: number, params: SqlParameters): string {
  const { projects, startUnixNano, endUnixNano } = query;
  const range = `${visible(projects, params)} AND start BETWEEN ${params.time(startUnixNano)} AND ${params.time(endUnixNano)}`;
  if (every === 1) return range;
  const minutes = Number((endUnixNano - startUnixNano) / MINUTE_NANOS);
  if (minutes < every * 10) return `${range} AND sipHash64(trace_id) % ${every} = 0`;
  const first = params.time(startUnixNano);
  // A subquery, since the engine uses no index for an array that it computes.
  return `${range} AND toStartOfMinute(start) IN (
    SELECT toStartOfMinute(${first}) + toIntervalMinute(number * ${every}) FROM numbers(${Math.ceil(minutes / every)}))`;
}

async function countSpans(reader: Reader, query: TimeRangeQuery, deadline: Deadline): Promise<number> {
  const params = new SqlParameters();
  const sql = `SELECT sum(spans) AS spans FROM ${(await redSource(reader, query, params)).rows}`;
  const result = await select(reader, { sql, params, deadline, signal: query.signal });
  return Number(result.column<BigUint64Array>('spans')[0] ?? 0n);
}
