import type { TraceSummary } from '@utxoiq/model';
import type { NativeResult } from '../native/native-reader.ts';
import type { StoredData } from './data-range.ts';
import { isWhole } from './evaluate-traces.ts';
import { areMany, inKnownMinutes, lookAround, startsIn, withoutEnd } from './look-around.ts';
import type { ListTracesQuery } from './queries.ts';
import { SUMMARIZED, summarizeRows } from './raw-summaries.ts';
import { allOf, type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import { matching, type WindowAsked } from './start-candidates.ts';
import type { TimeWindow } from './time-windows.ts';

export interface TracesInWindow {
  readonly summaries: readonly TraceSummary[];
  /** Null if these are all traces with such a span in the window; else all whose first one in it starts after this. */
  readonly after: bigint | null;
}

export interface TracesAsked extends WindowAsked {
  /** Not only those that start latest: where a window is likely to hold few spans, to find out which costs more. */
  readonly all: boolean;
  readonly data: StoredData;
}

const MAX_ROWS = 10_000;
/** With so many spans in a window, not all of its traces are asked for at once. */
export const MANY_SPANS = 4_000;

/**
 * The traces of which the first span in a window that satisfies the filter starts latest, whole: no other starts later,
 * however long they all are. In one statement: with one for the ids and one for the rows, half of the time went into
 * beginning and ending statements. Null if they have so many spans, or reach so far, that it takes several.
 */
export async function tracesInWindow(
  reader: Reader,
  query: ListTracesQuery,
  asked: TracesAsked,
): Promise<TracesInWindow | null> {
  const { window, needed, limit, deadline, all, data } = asked;
  const end = data.to;
  const params = new SqlParameters();
  const matches = await matching(reader, needed, params);
  const seen = visible(query.projects, params);
  // Those that start latest of a window have its upper bound in any case: spans beyond it would take their places.
  const inWindow = startsIn(all ? withoutEnd(window, end) : window, params);
  const chosen = all ? `LIMIT ${MANY_SPANS}` : `GROUP BY trace_id ORDER BY min(start) DESC LIMIT ${limit}`;
  // The inner table's name: without one the older analysis refuses the subquery on a cluster's tables. A condition in
  // WHERE beside one in PREWHERE is a step of its own, and a tenth of the time.
  const ids = `
  SELECT trace_id FROM spans AS matching
  ${needed === null ? 'PREWHERE' : 'WHERE'} ${allOf(inWindow, seen, matches)}
  ${chosen}`;
  const around = withoutEnd(lookAround(window), end);
  const isNear = areMany(reader, data)
    ? inKnownMinutes({ window, end, ids }, params)
    : startsIn(around, params);
  const sql = `
SELECT ${SUMMARIZED}${needed === null ? '' : `, toUInt8(${matches}) AS matched`}
FROM spans
PREWHERE ${allOf(isNear, seen)} AND trace_id IN (${ids})
LIMIT ${MAX_ROWS}`;
  const { signal } = query;
  const result = await select(reader, { sql, params, deadline, signal, olderAnalysis: true });
  if (all && (result.rows === MAX_ROWS || spansFrom(result, window) >= MANY_SPANS))
    return tracesInWindow(reader, query, { ...asked, all: false });
  if (result.rows === MAX_ROWS) return null;
  const { summaries, first, last } = summarizeRows(result);
  if (result.rows > 0 && !isWhole({ first, last }, around)) return null;
  return { summaries, after: all ? null : nthLatest(firstMatches(result, window), limit) };
}

/** At least as many as the inner statement found. */
const spansFrom = (result: NativeResult, { from }: TimeWindow): number =>
  result.rows === 0
    ? 0
    : result.column<BigInt64Array>('start').reduce((count, at) => count + Number(at >= from), 0);

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
