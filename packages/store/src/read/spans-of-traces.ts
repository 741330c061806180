import type { Span } from '@utxoiq/model';
import type { SpansOfTracesQuery } from './queries.ts';
import { type Reader, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import { withoutCopies } from './summarize.ts';
import { readWholeSpans } from './whole-spans.ts';

/** Spans of many traces in one statement: all of each, or only those without parent. */
export async function spansOfTraces(reader: Reader, query: SpansOfTracesQuery): Promise<readonly Span[]> {
  const { projects, traceIds, startUnixNano, endUnixNano, rootsOnly, maxSpansPerTrace, signal } = query;
  if (traceIds.length === 0) return [];
  const params = new SqlParameters();
  const spans = await readWholeSpans(reader, {
    where: `trace_id IN (${params.traceIds(traceIds)}) AND ${visible(projects, params)}
  AND start >= ${params.time(startUnixNano)} AND start <= ${params.time(endUnixNano)}
  ${rootsOnly ? `AND parent_span_id = toFixedString('', 8)` : ''}`,
    limit: `LIMIT ${Math.trunc(maxSpansPerTrace)} BY trace_id`,
    params,
    signal,
  });
  const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
  return [...byTrace.values()].flatMap(withoutCopies);
}
