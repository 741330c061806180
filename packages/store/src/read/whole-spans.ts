import type { Span } from '@utxoiq/model';
import { ALL_FILLED, type Filled } from '../block/filled-columns.ts';
import type { NativeResult } from '../native/native-reader.ts';
import { Deadline } from './limits.ts';
import { type Reader, select } from './reader.ts';
import { filledIn, SPAN_ORDER, spansFromRows, wholeSpan } from './span-rows.ts';
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
  const deadline = new Deadline(reader.limits);
  const read = (columns: Filled): Promise<NativeResult> => {
    const sql = `
SELECT ${wholeSpan(columns)}
FROM spans
PREWHERE ${where}
ORDER BY ${SPAN_ORDER}
${limit}`;
    return select(reader, { sql, params, deadline, signal, olderAnalysis: true });
  };
  const expected = reader.columns.now;
  const result = await read(expected);
  if (result.rows === 0) return [];
  const filled = filledIn(result);
  reader.columns.learn(filled);
  const isAll = (filled & ~expected) === 0;
  return spansFromRows(isAll ? result : await read(ALL_FILLED));
}
