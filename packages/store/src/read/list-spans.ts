import { StoreError } from '../errors.ts';
import { spanCondition } from '../filter/span-condition.ts';
import type { NativeResult } from '../native/native-reader.ts';
import { Deadline } from './limits.ts';
import { decodePageToken, encodePageToken, numericKey, type PageKey } from './page-token.ts';
import { limitReached } from './partial.ts';
import type { ListSpansQuery, ListSpansResult, PartialReason, SpanOrder, SpanSummary } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { parentOf, unsigned } from './span-rows.ts';
import { SqlParameters } from './sql-parameters.ts';
import { type TimeWindow, timeWindows, windowGrowth } from './time-windows.ts';

/** Spans that start in the range and satisfy the filter, each once. */
export async function listSpans(reader: Reader, query: ListSpansQuery): Promise<ListSpansResult> {
  const { pageToken, pageSize, orderBy = 'start desc' } = query;
  if (!Number.isInteger(pageSize) || pageSize < 1) {
    throw new StoreError('INVALID_OPTION', `pageSize must be a positive whole number, got ${pageSize}`);
  }
  const after = pageToken === undefined ? null : decodePageToken('spans', query, pageToken);
  const deadline = new Deadline(reader.limits);
  const found: SpanSummary[] = [];
  let partial: PartialReason = null;
  try {
    const [data] = await Promise.all([
      reader.data.about(),
      query.filter === null ? null : reader.keys.load(),
    ]);
    const growth = () => windowGrowth(found.length, pageSize + 1);
    const range = rangeAfter(query, orderBy, after);
    for (const window of data === null ? [] : windowsOf(range, orderBy, data, growth)) {
      const limit = pageSize + 1 - found.length;
      found.push(...(await readSpans(reader, query, { window, orderBy, after, limit, deadline })));
      if (found.length > pageSize) break;
    }
  } catch (error) {
    partial = limitReached(error);
  }
  const spans = found.slice(0, pageSize);
  const last = spans.at(-1);
  const hasMore = found.length > pageSize && last !== undefined;
  return {
    spans,
    nextPageToken: hasMore ? encodePageToken('spans', query, keyOf(last, orderBy)) : null,
    partial: hasMore ? null : partial,
  };
}

function rangeAfter(query: ListSpansQuery, orderBy: SpanOrder, after: PageKey | null): TimeWindow {
  const from = query.startUnixNano;
  const to = query.endUnixNano + 1n;
  if (after === null) return { from, to };
  if (orderBy === 'start desc') return { from, to: numericKey(after) + 1n };
  return orderBy === 'start' ? { from: numericKey(after), to } : { from, to };
}

function windowsOf(
  range: TimeWindow,
  orderBy: SpanOrder,
  data: TimeWindow,
  growth: () => bigint,
): Iterable<TimeWindow> {
  if (orderBy === 'start desc') return timeWindows(range, 'backwards', data, growth);
  return orderBy === 'start' ? timeWindows(range, 'forwards', data, growth) : [range];
}

const keyOf = (span: SpanSummary, orderBy: SpanOrder): PageKey => ({
  sortKey: (orderBy.startsWith('start')
    ? span.startUnixNano
    : span.endUnixNano - span.startUnixNano
  ).toString(),
  id: span.traceId + span.spanId,
});

interface Part {
  readonly window: TimeWindow;
  readonly orderBy: SpanOrder;
  readonly after: PageKey | null;
  readonly limit: number;
  readonly deadline: Deadline;
}

async function readSpans(reader: Reader, query: ListSpansQuery, part: Part): Promise<SpanSummary[]> {
  const { window, orderBy, after, limit, deadline } = part;
  const params = new SqlParameters();
  const [field = '', direction = 'asc'] = orderBy.split(' ');
  const condition =
    query.filter === null ? '1' : spanCondition(query.filter, { params, keys: await reader.keys.load() });
  const sql = `
SELECT project, trace_id, span_id, parent_span_id, name, service, kind, status_code, start, duration
FROM spans
WHERE ${visible(query.projects, params)}
  AND start >= ${params.time(window.from)} AND start < ${params.time(window.to)}
  AND ${condition}
  ${after === null ? '' : `AND ${isAfter(field, direction, after, params)}`}
ORDER BY ${field} ${direction}, trace_id ${direction}, span_id ${direction}
LIMIT 1 BY trace_id, span_id, start, duration, name
LIMIT ${limit}`;
  return spanSummaries(await select(reader, { sql, params, deadline, signal: query.signal }));
}

function isAfter(field: string, direction: string, after: PageKey, params: SqlParameters): string {
  const value = field === 'start' ? params.time(numericKey(after)) : params.int64(numericKey(after));
  const ids = `${params.bytes(after.id.slice(0, 32))}, ${params.bytes(after.id.slice(32))}`;
  return `(${field}, trace_id, span_id) ${direction === 'desc' ? '<' : '>'} (${value}, ${ids})`;
}

function spanSummaries(result: NativeResult): SpanSummary[] {
  const project = result.column('project');
  const traceId = result.column('trace_id');
  const spanId = result.column('span_id');
  const parent = result.column('parent_span_id');
  const name = result.column('name');
  const service = result.column('service');
  const kind = result.column<Uint8Array>('kind');
  const status = result.column<Uint8Array>('status_code');
  const start = result.column<BigInt64Array>('start');
  const duration = result.column<BigInt64Array>('duration');
  return Array.from({ length: result.rows }, (_, row) => ({
    projectId: project[row] as string,
    traceId: traceId[row] as string,
    spanId: spanId[row] as string,
    parentSpanId: parentOf(parent[row] as string),
    name: name[row] as string,
    serviceName: service[row] as string,
    kind: kind[row] as number,
    statusCode: status[row] as number,
    startUnixNano: unsigned(start[row] as bigint),
    endUnixNano: unsigned((start[row] as bigint) + (duration[row] as bigint)),
  }));
}
