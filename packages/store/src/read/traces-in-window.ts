import type { TraceSummary } from '@utxoiq/model';
import type { NativeResult } from '../native/native-reader.ts';
import { isWhole, LOOK_AROUND_NANOS } from './evaluate-traces.ts';
import type { ListTracesQuery } from './queries.ts';
import { SUMMARIZED, summarizeRows } from './raw-summaries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import { matching, type WindowAsked } from './start-candidates.ts';
import type { TimeWindow } from './time-windows.ts';

export interface TracesInWindow {
  readonly summaries: readonly TraceSummary[];
  /** Null if these are all traces with such a span in the window; else all whose first one in it starts after this. */
  readonly after: bigint | null;
}

const MAX_ROWS = 10_000;

/**
 * The traces of which the first span in a window that satisfies the filter starts latest, whole: no other starts later,
 * however long they all are. In one statement: with one for the ids and one for the rows, half of the time went into
 * beginning and ending statements. Null if they have so many spans, or reach so far, that it takes several.
 */
export async function tracesInWindow(
  reader: Reader,
  query: ListTracesQuery,
  { window, needed, limit, deadline }: WindowAsked,
): Promise<TracesInWindow | null> {
  const params = new SqlParameters();
  const matches = await matching(reader, needed, params);
  const seen = visible(query.projects, params);
  const [from, to] = [params.timeText(window.from), params.timeText(window.to)];
  const around = { from: window.from - LOOK_AROUND_NANOS, to: window.to + LOOK_AROUND_NANOS };
  // The inner table's name: without one the older analysis refuses the subquery on a cluster's tables.
  const sql = `
SELECT ${SUMMARIZED}${needed === null ? '' : `, toUInt8(${matches}) AS matched`}
FROM spans
PREWHERE trace_id IN (
  SELECT trace_id FROM spans AS matching
  WHERE ${seen} AND start >= ${from} AND start < ${to} AND ${matches}
  GROUP BY trace_id ORDER BY min(start) DESC LIMIT ${limit}
)
WHERE ${seen} AND start BETWEEN ${params.timeText(around.from)} AND ${params.timeText(around.to)}
LIMIT ${MAX_ROWS}`;
  const { signal } = query;
  const result = await select(reader, { sql, params, deadline, signal, olderAnalysis: true });
  if (result.rows === MAX_ROWS) return null;
  const { summaries, first, last } = summarizeRows(result);
  if (result.rows > 0 && !isWhole({ first, last }, around)) return null;
  return { summaries, after: nthLatest(firstMatches(result, window), limit) };
}

/** When the first span in the window that satisfies the filter starts, of each trace. */
function firstMatches(result: NativeResult, { from, to }: TimeWindow): bigint[] {
  if (result.rows === 0) return [];
  const traceId = result.column('trace_id');
  const start = result.column<BigInt64Array>('start');
  const matched = result.has('matched') ? result.column<Uint8Array>('matched') : null;
  const first = new Map<string, bigint>();
  for (let row = 0; row < result.rows; row++) {
    const at = start[row] as bigint;
    if (at < from || at >= to || matched?.[row] === 0) continue;
    const id = traceId[row] as string;
    const known = first.get(id);
    if (known === undefined || at < known) first.set(id, at);
  }
  return [...first.values()];
}

/** On a cluster each shard answers so many: those that start after the n-th of all are complete. */
function nthLatest(starts: readonly bigint[], n: number): bigint | null {
  return starts.length < n
    ? null
    : (starts.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))[n - 1] as bigint);
}
