import type { Span } from '@utxoiq/model';
import { Deadline } from './limits.ts';
import { type Reader, select } from './reader.ts';
import { SPAN_ORDER, spansFromRows, WHOLE_SPAN } from './span-rows.ts';
import type { SqlParameters } from './sql-parameters.ts';

/** Spans with all that is stored of them, in order of time; copies may be among them. */
export async function readWholeSpans(
  reader: Reader,
  query: {
    readonly where: string;
    /** `LIMIT` clauses. */
    readonly limit?: string;
    readonly params: SqlParameters;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<readonly Span[]> {
  const { where, limit = '', params, signal } = query;
  const sql = `
SELECT ${WHOLE_SPAN}
FROM spans
PREWHERE ${where}
ORDER BY ${SPAN_ORDER}
${limit}`;
  const deadline = new Deadline(reader.limits);
  return spansFromRows(await select(reader, { sql, params, deadline, signal, olderAnalysis: true }));
}
