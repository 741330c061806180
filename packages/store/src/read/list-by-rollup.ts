import type { Filter, TraceOrder, TraceSummary } from '@utxoiq/model';
import { necessaryFilter } from '../filter/necessary-filter.ts';
import { clamp, spanCondition } from '../filter/span-condition.ts';
import { evaluateTraces } from './evaluate-traces.ts';
import type { Deadline } from './limits.ts';
import { LOOK_AROUND_NANOS, nearBuckets } from './look-around.ts';
import { numericKey, type PageKey } from './page-token.ts';
import { type FoundTraces, limitReached } from './partial.ts';
import type { ListTracesQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';

/** Candidates that a filter has yet to sort out. */
const MAX_CANDIDATES_PER_STEP = 400;

/**
 * Where fewer of the candidates satisfy the filter, those are found by searching all spans first; where more do,
 * that search would cost seconds and spare little.
 */
export const COMMON_SHARE = 0.05;

/** What sorts, as an expression over the rollup's rows of one trace. */
const SORT_KEYS = {
  duration: { sql: 'toUnixTimestamp64Nano(max(end)) - toUnixTimestamp64Nano(min(start))', type: 'number' },
  name: { sql: 'max(root_name)', type: 'text' },
  trace_id: { sql: `''`, type: 'none' },
} as const;
type SortKey = (typeof SORT_KEYS)[keyof typeof SORT_KEYS];

/**
 * Orders other than by start come from the rollup, which has a row per trace and ten minutes: candidates in
 * order, as many as a page needs, each then evaluated over its spans.
 */
export async function listByRollup(
  reader: Reader,
  query: ListTracesQuery & { readonly orderBy: TraceOrder },
  after: PageKey | null,
  deadline: Deadline,
): Promise<FoundTraces> {
  const found: TraceSummary[] = [];
  const keys = new Map<string, PageKey>();
  try {
    let key: PageKey | null = after;
    let examined = 0;
    while (found.length <= query.pageSize) {
      const isRare = examined > 0 && found.length < examined * COMMON_SHARE;
      const candidates = await readCandidates(reader, query, { after: key, isRare, deadline });
      found.push(...(await evaluated(reader, query, candidates, deadline)));
      for (const candidate of candidates) keys.set(candidate.key.id, candidate.key);
      key = candidates.at(-1)?.key ?? null;
      examined += candidates.length;
      if (candidates.length < stepOf(query)) break;
    }
    return { traces: found, partial: null, keys };
  } catch (error) {
    return { partial: limitReached(error), traces: found, keys };
  }
}

// Grouping by a number takes two thirds of the time that grouping by 16 bytes does: bench/store/queries.ts
export const ID_NUMBER = 'reinterpretAsUInt128(trace_id)';

const stepOf = ({ filter, pageSize }: ListTracesQuery): number =>
  filter === null ? pageSize + 1 : Math.min(MAX_CANDIDATES_PER_STEP, pageSize * 2 + 20);

interface Step {
  readonly after: PageKey | null;
  readonly isRare: boolean;
  readonly deadline: Deadline;
}

interface Candidate {
  readonly key: PageKey;
  readonly start: bigint;
  readonly end: bigint;
}

async function readCandidates(
  reader: Reader,
  query: ListTracesQuery & { readonly orderBy: TraceOrder },
  { after, isRare, deadline }: Step,
): Promise<readonly Candidate[]> {
  const params = new SqlParameters();
  const [field, direction = ''] = query.orderBy.split(' ') as [keyof typeof SORT_KEYS, string?];
  const sort = SORT_KEYS[field];
  const { startUnixNano: from, endUnixNano: to } = query;
  const sql = `
SELECT reinterpretAsFixedString(${ID_NUMBER}) AS id,
  ${sort.sql} AS sort_key, min(start) AS first_start, max(end) AS last_end
FROM traces
WHERE ${visible(query.projects, params)} AND ${nearBuckets({ from, to }, params)} AND ${isRare ? await matchingTraces(reader, query, params) : '1'}
GROUP BY ${ID_NUMBER}
HAVING first_start BETWEEN ${params.time(from)} AND ${params.time(to)}${durationLimits(query, params)}
  ${after === null ? '' : `AND (sort_key, id) ${direction === 'desc' ? '<' : '>'} (${bound(sort, after, params)}, ${params.bytes(after.id)})`}
ORDER BY sort_key ${direction}, id ${direction}
LIMIT ${stepOf(query)}`;
  const result = await select(reader, { sql, params, deadline, signal: query.signal });
  const ids = result.column('id');
  const keys = result.column<ArrayLike<unknown>>('sort_key');
  const starts = result.column<BigInt64Array>('first_start');
  const ends = result.column<BigInt64Array>('last_end');
  return Array.from({ length: result.rows }, (_, row) => ({
    key: { sortKey: String(keys[row]), id: ids[row] as string },
    start: starts[row] as bigint,
    end: ends[row] as bigint,
  }));
}

function bound(sort: SortKey, after: PageKey, params: SqlParameters): string {
  if (sort.type === 'number') return params.int64(numericKey(after));
  return sort.type === 'text' ? params.text(after.sortKey) : `''`;
}

/** Traces with a span that satisfies what the filter needs of one. */
export async function matchingTraces(
  reader: Reader,
  query: ListTracesQuery,
  params: SqlParameters,
): Promise<string> {
  const needed = query.filter === null ? null : necessaryFilter(query.filter);
  if (needed === null) return '1';
  const condition = spanCondition(needed.filter, { params, keys: await reader.keys.load() });
  const from = params.time(query.startUnixNano - LOOK_AROUND_NANOS);
  const to = params.time(query.endUnixNano + LOOK_AROUND_NANOS);
  return `trace_id IN (
  SELECT trace_id FROM spans
  WHERE ${visible(query.projects, params)} AND start BETWEEN ${from} AND ${to} AND ${condition}
)`;
}

/** Limits on the trace's duration are known before any span is read. */
export function durationLimits({ filter }: ListTracesQuery, params: SqlParameters): string {
  return termsOf(filter)
    .filter((term) => term.type === 'trace-duration')
    .map((term) => `\n  AND ${SORT_KEYS.duration.sql} ${term.op} ${params.int64(clamp(term.nanos))}`)
    .join('');
}

/** What a trace must satisfy, each. */
export function termsOf(filter: Filter | null): readonly Filter[] {
  if (filter === null) return [];
  return filter.type === 'and' ? filter.terms : [filter];
}

/** The candidates that satisfy the filter, still in their order. */
async function evaluated(
  reader: Reader,
  { projects, filter, signal }: ListTracesQuery,
  candidates: readonly Candidate[],
  deadline: Deadline,
): Promise<readonly TraceSummary[]> {
  const traceIds = candidates.map(({ key }) => key.id);
  const extents = candidates.map(({ start, end }) => [start, end] as const);
  const where = { known: 'extents', extents } as const;
  const summaries = await evaluateTraces(reader, { projects, filter, traceIds, where, deadline, signal });
  const byId = new Map(summaries.map((summary) => [summary.traceId, summary]));
  return traceIds.map((id) => byId.get(id)).filter((summary) => summary !== undefined);
}
