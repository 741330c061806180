import type { PartialReason, TraceQuery, TraceResult } from './queries.ts';
import { allOf, type Reader, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import { summarize, withoutCopies } from './summarize.ts';
import { readWholeSpans } from './whole-spans.ts';

export const DEFAULT_MAX_SPANS = 100_000;

/** A trace by id, over all time; null if none of its spans may be seen. */
export async function getTrace(reader: Reader, query: TraceQuery): Promise<TraceResult | null> {
  const { projects, traceId, maxSpans = DEFAULT_MAX_SPANS, signal } = query;
  const params = new SqlParameters();
  const found = await readWholeSpans(reader, {
    where: allOf(`trace_id = ${params.bytes(traceId)}`, visible(projects, params)),
    limit: `LIMIT ${maxSpans + 1}`,
    params,
    signal,
  });
  const [first, ...others] = withoutCopies(found);
  if (first === undefined) return null;
  const partial: PartialReason = found.length > maxSpans ? { reason: 'limit' } : null;
  const spans = [first, ...others.slice(0, maxSpans - 1)] as const;
  return { summary: summarize([...spans]), spans, partial };
}
