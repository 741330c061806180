import { Deadline } from './limits.ts';
import type { PartialReason, TraceQuery, TraceResult } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SPAN_ORDER, spansFromRows, WHOLE_SPAN } from './span-rows.ts';
import { SqlParameters } from './sql-parameters.ts';
import { summarize, withoutCopies } from './summarize.ts';

export const DEFAULT_MAX_SPANS = 100_000;

/** A trace by id, over all time; null if none of its spans may be seen. */
export async function getTrace(reader: Reader, query: TraceQuery): Promise<TraceResult | null> {
  const { projects, traceId, maxSpans = DEFAULT_MAX_SPANS, signal } = query;
  const params = new SqlParameters();
  const sql = `
SELECT ${WHOLE_SPAN}
FROM spans
WHERE trace_id = ${params.bytes(traceId)} AND ${visible(projects, params)}
ORDER BY ${SPAN_ORDER}
LIMIT ${maxSpans + 1}`;
  const result = await select(reader, {
    sql,
    params,
    deadline: new Deadline(reader.limits),
    signal,
    wholeSpans: true,
  });
  const [first, ...others] = withoutCopies(spansFromRows(result));
  if (first === undefined) return null;
  const partial: PartialReason = result.rows > maxSpans ? { reason: 'limit' } : null;
  const spans = [first, ...others.slice(0, maxSpans - 1)] as const;
  return { summary: summarize([...spans]), spans, partial };
}
