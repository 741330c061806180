import { type Filter, parseCloudTraceFilter, type TraceOrder } from '@utxoiq/model';
import { unknownEnum, type V1ListTracesRequest, V1ViewType } from '@utxoiq/model/cloud-trace';
import { invalidArgument, invalidField } from './google-error.ts';

export type View = 'minimal' | 'rootspan' | 'complete';

/** A ListTraces request that was checked. */
export interface ListRequest {
  readonly view: View;
  readonly pageSize: number;
  readonly pageToken: string | null;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly filter: Filter | null;
  readonly orderBy: TraceOrder;
}

const VIEWS: readonly View[] = ['minimal', 'minimal', 'rootspan', 'complete'];
const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;
/** cloud.google.com/trace/docs/quotas: a page of whole traces is shorter. */
const MAX_COMPLETE_PAGE_SIZE = 100;
const MAX_FILTER_LENGTH = 10_000;
const MAX_UNIX_NANO = (1n << 63n) - 1n;

const FIELDS: Readonly<Record<string, 'trace_id' | 'name' | 'duration' | 'start'>> = {
  trace_id: 'trace_id',
  traceId: 'trace_id',
  name: 'name',
  duration: 'duration',
  start: 'start',
};

/** Throws INVALID_ARGUMENT with the field named. Sizes outside of the range are moved into it, as Google does. */
export function readListRequest(
  request: V1ListTracesRequest,
  { strictHttpNames }: { readonly strictHttpNames: boolean },
): ListRequest {
  const view = VIEWS[request.view];
  if (view === undefined) throw invalidArgument([unknownEnum('view', V1ViewType, request.view)]);
  const most = view === 'complete' ? MAX_COMPLETE_PAGE_SIZE : MAX_PAGE_SIZE;
  // Not the time of asking: the next page's token is good for the same range only.
  const endUnixNano = request.endTime ?? MAX_UNIX_NANO;
  const startUnixNano = request.startTime ?? 0n;
  if (endUnixNano < startUnixNano) {
    throw invalidField('end_time', 'Invalid end_time: it must not be before start_time.');
  }
  return {
    view,
    pageSize: Math.min(most, request.pageSize > 0 ? request.pageSize : DEFAULT_PAGE_SIZE),
    pageToken: request.pageToken === '' ? null : request.pageToken,
    startUnixNano: clampTime(startUnixNano),
    endUnixNano: clampTime(endUnixNano),
    filter: readFilter(request.filter, strictHttpNames),
    orderBy: readOrder(request.orderBy),
  };
}

function readFilter(text: string, strictHttpNames: boolean): Filter | null {
  if (text.length > MAX_FILTER_LENGTH) {
    throw invalidField('filter', `Invalid filter: longer than ${MAX_FILTER_LENGTH} characters.`);
  }
  const result = parseCloudTraceFilter(text, { strictHttpNames });
  if (result.ok) return result.filter;
  const { message, position } = result.error;
  throw invalidField('filter', `Invalid filter: ${message} (at position ${position})`);
}

function readOrder(text: string): TraceOrder {
  if (text === '') return 'start desc';
  const match = /^ *(\w+)( +desc)? *$/.exec(text);
  const field = match === null || !Object.hasOwn(FIELDS, match[1] ?? '') ? undefined : FIELDS[match[1] ?? ''];
  if (field === undefined) {
    const expected = 'trace_id, name, duration or start, with " desc" after it for descending order';
    throw invalidField('order_by', `Invalid order_by "${text.slice(0, 200)}": expected ${expected}.`);
  }
  return match?.[2] === undefined ? field : `${field} desc`;
}

const clampTime = (time: bigint) => (time < 0n ? 0n : time > MAX_UNIX_NANO ? MAX_UNIX_NANO : time);
