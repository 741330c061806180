import type { Span } from '@utxoiq/model';
import { Deadline } from './limits.ts';
import type { SpansOfTracesQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SPAN_ORDER, spansFromRows, WHOLE_SPAN } from './span-rows.ts';
import { SqlParameters } from './sql-parameters.ts';
import { withoutCopies } from './summarize.ts';

/** Spans of many traces in one statement: all of each, or only those without parent. */
export async function spansOfTraces(reader: Reader, query: SpansOfTracesQuery): Promise<readonly Span[]> {
  const { projects, traceIds, startUnixNano, endUnixNano, rootsOnly, maxSpansPerTrace, signal } = query;
  if (traceIds.length === 0) return [];
  const params = new SqlParameters();
  const sql = `
SELECT ${WHOLE_SPAN}
FROM spans
WHERE trace_id IN (${params.traceIds(traceIds)}) AND ${visible(projects, params)}
  AND start >= ${params.time(startUnixNano)} AND start <= ${params.time(endUnixNano)}
  ${rootsOnly ? `AND parent_span_id = toFixedString('', 8)` : ''}
ORDER BY ${SPAN_ORDER}
LIMIT ${Math.trunc(maxSpansPerTrace)} BY trace_id`;
  const result = await select(reader, {
    sql,
    params,
    deadline: new Deadline(reader.limits),
    signal,
    wholeSpans: true,
  });
  const byTrace = Map.groupBy(spansFromRows(result), ({ traceId }) => traceId);
  return [...byTrace.values()].flatMap(withoutCopies);
}
