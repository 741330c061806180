import type { TraceSummary } from '@utxoiq/model';
import { StoreError } from '../errors.ts';
import { Deadline } from './limits.ts';
import { listByRollup } from './list-by-rollup.ts';
import { listByRoot, rootDuration } from './list-by-root.ts';
import { listByStart } from './list-by-start.ts';
import { decodePageToken, encodePageToken, type PageKey } from './page-token.ts';
import type { ListTracesQuery, ListTracesResult } from './queries.ts';
import type { Reader } from './reader.ts';

/** Traces that start in the range and satisfy the filter, each with its exact summary. */
export async function listTraces(reader: Reader, query: ListTracesQuery): Promise<ListTracesResult> {
  const { pageToken, pageSize, orderBy = 'start desc' } = query;
  if (!Number.isInteger(pageSize) || pageSize < 1) {
    throw new StoreError('INVALID_OPTION', `pageSize must be a positive whole number, got ${pageSize}`);
  }
  const ofRoot = query.orderOf === 'root' && orderBy.startsWith('duration');
  const kind = ofRoot ? 'traces by root' : 'traces';
  const after = pageToken === undefined ? null : decodePageToken(kind, query, pageToken);
  const deadline = new Deadline(reader.limits);
  const ofTrace = orderBy === 'start desc' || orderBy === 'start' ? listByStart : listByRollup;
  const find = ofRoot ? listByRoot : ofTrace;
  const { traces, partial, keys } = await find(reader, { ...query, orderBy }, after, deadline);
  const page = traces.slice(0, pageSize);
  const last = page.at(-1);
  const hasMore = traces.length > pageSize;
  return {
    traces: page,
    nextPageToken:
      hasMore && last !== undefined
        ? encodePageToken(
            kind,
            query,
            keys?.get(last.traceId) ?? (ofRoot ? rootKeyOf(last) : startKeyOf(last)),
          )
        : null,
    partial: hasMore ? null : partial,
  };
}

const rootKeyOf = (trace: TraceSummary): PageKey => ({
  sortKey: rootDuration(trace).toString(),
  id: trace.traceId,
});

const startKeyOf = (trace: TraceSummary): PageKey => ({
  sortKey: trace.startUnixNano.toString(),
  id: trace.traceId,
});
