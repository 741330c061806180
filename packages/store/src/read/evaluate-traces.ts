import type { Filter, TraceSummary } from '@utxoiq/model';
import { PARENTLESS } from '../filter/span-condition.ts';
import { traceCondition } from '../filter/trace-condition.ts';
import type { NativeResult } from '../native/native-reader.ts';
import type { Deadline } from './limits.ts';
import { LOOK_AROUND_NANOS } from './look-around.ts';
import type { Projects } from './queries.ts';
import { SUMMARIZED, type Summaries, summarizeRows } from './raw-summaries.ts';
import { type Reader, select, visible } from './reader.ts';
import { unsigned } from './span-rows.ts';
import { SqlParameters } from './sql-parameters.ts';
import { byCount } from './summarize.ts';
import { LAST_TIME, larger, smaller, type TimeWindow } from './time-windows.ts';

export interface Evaluation {
  readonly projects: Projects;
  readonly filter: Filter | null;
  readonly traceIds: readonly string[];
  readonly where: Whereabouts;
  readonly deadline: Deadline;
  readonly signal?: AbortSignal | undefined;
}

export type Whereabouts =
  /** Spans of the traces were seen in this range; others are looked for around it. */
  | { readonly known: 'seen'; readonly from: bigint; readonly to: bigint }
  /** First start and last end of each trace. */
  | { readonly known: 'extents'; readonly extents: readonly (readonly [bigint, bigint])[] };

/** Ids go into the URL, where 16 KB are safe. */
const IDS_PER_STATEMENT = 400;

/** The exact summaries of those traces that satisfy the filter, computed from all their spans. */
export async function evaluateTraces(reader: Reader, evaluation: Evaluation): Promise<TraceSummary[]> {
  const { traceIds } = evaluation;
  const summaries: TraceSummary[] = [];
  for (let at = 0; at < traceIds.length; at += IDS_PER_STATEMENT) {
    const part = traceIds.slice(at, at + IDS_PER_STATEMENT);
    summaries.push(...(await evaluatePart(reader, { ...evaluation, traceIds: part })));
  }
  return summaries;
}

async function evaluatePart(reader: Reader, evaluation: Evaluation): Promise<TraceSummary[]> {
  const { where } = evaluation;
  if (where.known === 'extents')
    return (await readSummaries(reader, evaluation, inExtents(where.extents))).summaries;
  for (let around = LOOK_AROUND_NANOS; ; around *= 8n) {
    const from = where.from - around;
    const to = where.to + around;
    const inRange = (params: SqlParameters) => `start BETWEEN ${params.time(from)} AND ${params.time(to)}`;
    const { summaries, first, last } = await readSummaries(reader, evaluation, inRange);
    if (isWhole({ first, last }, { from, to }, around) || around > MAX_AROUND_NANOS) return summaries;
  }
}

/** Not if there are spans near the edge of what was read: there may be more beyond it. */
export function isWhole(
  { first, last }: { readonly first: bigint; readonly last: bigint },
  read: TimeWindow,
  around: bigint = LOOK_AROUND_NANOS,
): boolean {
  return first - read.from > around / 2n && read.to - last > around / 2n;
}

const MAX_AROUND_NANOS = 30n * 86_400_000_000_000n;
const MINUTE_NANOS = 60_000_000_000n;
const MAX_MINUTES = 600;

/** The minutes that the traces lie in: spans are sorted by them, so those of others are not touched. */
function inExtents(extents: readonly (readonly [bigint, bigint])[]): Place {
  const from = extents.reduce((min, [start]) => smaller(min, start), LAST_TIME);
  const to = extents.reduce((max, [, end]) => larger(max, end), -LAST_TIME);
  const minutes = new Set<number>();
  for (const [start, end] of extents) {
    for (
      let minute = start / MINUTE_NANOS;
      minute <= end / MINUTE_NANOS && minutes.size <= MAX_MINUTES;
      minute++
    ) {
      minutes.add(Number(minute));
    }
  }
  return (params) => {
    const range = `start BETWEEN ${params.time(from)} AND ${params.time(to)}`;
    if (minutes.size > MAX_MINUTES) return range;
    return `${range} AND toStartOfMinute(start) IN (SELECT toDateTime(arrayJoin(${params.numbers([...minutes])}) * 60, 'UTC'))`;
  };
}

/** Traces of more spans are summarized in the engine. */
const MAX_ROWS = 10_000;

async function readSummaries(reader: Reader, evaluation: Evaluation, place: Place): Promise<Summaries> {
  const { projects, filter, traceIds, deadline, signal } = evaluation;
  if (filter !== null) return aggregatedSummaries(reader, evaluation, place);
  const params = new SqlParameters();
  const sql = `
SELECT ${SUMMARIZED}
FROM spans
WHERE ${visible(projects, params)} AND ${place(params)} AND trace_id IN (${params.traceIds(traceIds)})
LIMIT ${MAX_ROWS}`;
  const result = await select(reader, { sql, params, deadline, signal });
  return result.rows < MAX_ROWS ? summarizeRows(result) : aggregatedSummaries(reader, evaluation, place);
}

type Place = (params: SqlParameters) => string;

async function aggregatedSummaries(reader: Reader, evaluation: Evaluation, place: Place): Promise<Summaries> {
  const params = new SqlParameters();
  const { projects, filter, traceIds, deadline, signal } = evaluation;
  const condition =
    filter === null ? '1' : traceCondition(filter, { params, keys: await reader.keys.load() });
  const sql = `
SELECT
  trace_id,
  min(start) AS first_start,
  max(end) AS last_end,
  max(start) AS last_start,
  count() AS span_count,
  countIf(status_code = 2) AS error_count,
  sumMap(map(toString(service), toUInt64(1))) AS services,
  countIf(${PARENTLESS}) > 0 AS has_root,
  argMinIf((span_id, toString(name), toString(service), start, end, toString(project)), (start, span_id), ${PARENTLESS}) AS root,
  toString(argMin(project, (start, span_id))) AS first_project,
  ${condition} AS matches
FROM (
  SELECT ${filter === null ? SUMMARIZED : '*'}, start + toIntervalNanosecond(duration) AS end
  FROM spans
  WHERE ${visible(projects, params)}
    AND ${place(params)}
    AND trace_id IN (${params.traceIds(traceIds)})
  LIMIT 1 BY trace_id, span_id, start, duration, name
)
GROUP BY trace_id
-- Columns of attributes promoted at run time are materialized.
SETTINGS asterisk_include_materialized_columns = 1`;
  return summariesOf(await select(reader, { sql, params, deadline, signal }));
}

type Root = readonly [string, string, string, bigint, bigint, string];

function summariesOf(result: NativeResult): Summaries {
  const traceId = result.column('trace_id');
  const firstStart = result.column<BigInt64Array>('first_start');
  const lastStart = result.column<BigInt64Array>('last_start');
  const lastEnd = result.column<BigInt64Array>('last_end');
  const spanCount = result.column<BigUint64Array>('span_count');
  const errorCount = result.column<BigUint64Array>('error_count');
  const services = result.column<ArrayLike<ReadonlyMap<string, bigint>>>('services');
  const hasRoot = result.column<Uint8Array>('has_root');
  const roots = result.column<ArrayLike<Root>>('root');
  const firstProject = result.column('first_project');
  const matches = result.column<Uint8Array>('matches');
  const summaries: TraceSummary[] = [];
  let first = LAST_TIME;
  let last = -LAST_TIME;
  for (let row = 0; row < result.rows; row++) {
    if (matches[row] !== 1) continue;
    const start = firstStart[row] as bigint;
    const end = lastEnd[row] as bigint;
    const root = hasRoot[row] === 1 ? (roots[row] as Root) : null;
    summaries.push({
      traceId: traceId[row] as string,
      projectId: root === null ? (firstProject[row] as string) : root[5],
      root:
        root === null
          ? null
          : {
              spanId: root[0],
              name: root[1],
              serviceName: root[2],
              startUnixNano: unsigned(root[3]),
              endUnixNano: unsigned(root[4]),
            },
      startUnixNano: unsigned(start),
      endUnixNano: unsigned(end),
      spanCount: Number(spanCount[row]),
      errorCount: Number(errorCount[row]),
      services: byCount(new Map(Array.from(services[row] ?? [], ([name, spans]) => [name, Number(spans)]))),
    });
  }
  for (let row = 0; row < result.rows; row++) {
    const start = firstStart[row] as bigint;
    const end =
      (lastEnd[row] as bigint) > (lastStart[row] as bigint)
        ? (lastEnd[row] as bigint)
        : (lastStart[row] as bigint);
    if (start < first) first = start;
    if (end > last) last = end;
  }
  return { summaries, first, last };
}
