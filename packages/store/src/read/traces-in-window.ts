import type { Filter, TraceSummary } from '@utxoiq/model';
import { spanCondition } from '../filter/span-condition.ts';
import type { NativeResult } from '../native/native-reader.ts';
import { isWhole, LOOK_AROUND_NANOS } from './evaluate-traces.ts';
import type { Deadline } from './limits.ts';
import type { ListTracesQuery } from './queries.ts';
import { SUMMARIZED, summarizeRows } from './raw-summaries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { TimeWindow } from './time-windows.ts';

interface Asked {
  readonly window: TimeWindow;
  /** What a span of each trace satisfies; null: nothing. */
  readonly needed: Filter | null;
  readonly limit: number;
  readonly deadline: Deadline;
}

export interface TracesInWindow {
  readonly summaries: readonly TraceSummary[];
  /** Null if these are all traces with such a span in the window; else all whose latest one starts after this. */
  readonly after: bigint | null;
}

const MAX_ROWS = 10_000;

/**
 * The traces whose spans that satisfy the filter start latest in a window, whole, in one statement: with one for
 * the ids and one for the rows, half of the time went into beginning and ending statements. Null if they have so
 * many spans, or reach so far, that it takes several.
 */
export async function tracesInWindow(
  reader: Reader,
  query: ListTracesQuery,
  { window, needed, limit, deadline }: Asked,
): Promise<TracesInWindow | null> {
  const params = new SqlParameters();
  const matches = needed === null ? '1' : spanCondition(needed, { params, keys: await reader.keys.load() });
  const seen = visible(query.projects, params);
  const [from, to] = [params.time(window.from), params.time(window.to)];
  const around = { from: window.from - LOOK_AROUND_NANOS, to: window.to + LOOK_AROUND_NANOS };
  // The inner table's name: without one the older analysis refuses the subquery on a cluster's tables.
  const sql = `
SELECT ${SUMMARIZED}${needed === null ? '' : `, toUInt8(${matches}) AS matched`}
FROM spans
PREWHERE trace_id IN (
  SELECT trace_id FROM spans AS latest
  WHERE ${seen} AND start >= ${from} AND start < ${to} AND ${matches}
  GROUP BY trace_id ORDER BY max(start) DESC LIMIT ${limit}
)
WHERE ${seen} AND start BETWEEN ${params.time(around.from)} AND ${params.time(around.to)}
LIMIT ${MAX_ROWS}`;
  const { signal } = query;
  const result = await select(reader, { sql, params, deadline, signal, olderAnalysis: true });
  if (result.rows === MAX_ROWS) return null;
  const { summaries, first, last } = summarizeRows(result);
  if (result.rows > 0 && !isWhole({ first, last }, around)) return null;
  return { summaries, after: nthLatest(latestMatches(result, window), limit) };
}

/** When the latest span that satisfies the filter starts, of each trace. */
function latestMatches(result: NativeResult, { from, to }: TimeWindow): bigint[] {
  if (result.rows === 0) return [];
  const traceId = result.column('trace_id');
  const start = result.column<BigInt64Array>('start');
  const matched = result.has('matched') ? result.column<Uint8Array>('matched') : null;
  const latest = new Map<string, bigint>();
  for (let row = 0; row < result.rows; row++) {
    const at = start[row] as bigint;
    if (at < from || at >= to || matched?.[row] === 0) continue;
    const id = traceId[row] as string;
    const known = latest.get(id);
    if (known === undefined || at > known) latest.set(id, at);
  }
  return [...latest.values()];
}

/** On a cluster each shard answers so many: those that start after the n-th of all are complete. */
function nthLatest(starts: readonly bigint[], n: number): bigint | null {
  return starts.length < n
    ? null
    : (starts.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))[n - 1] as bigint);
}
