import {
  enumeration,
  fixed64,
  int32,
  type MessageOf,
  map,
  message,
  messageType,
  repeated,
  string,
  timestamp,
} from './proto/message-type.ts';

// google/devtools/cloudtrace/v1/trace.proto of github.com/googleapis/googleapis.
const pkg = 'google.devtools.cloudtrace.v1';

export const V1SpanKind = {
  fullName: `${pkg}.TraceSpan.SpanKind`,
  numbers: { SPAN_KIND_UNSPECIFIED: 0, RPC_SERVER: 1, RPC_CLIENT: 2 },
} as const;

export const V1TraceSpanType = messageType(`${pkg}.TraceSpan`, {
  spanId: fixed64(1),
  kind: enumeration(2, V1SpanKind),
  name: string(3),
  startTime: timestamp(4),
  endTime: timestamp(5),
  parentSpanId: fixed64(6),
  labels: map(string(7)),
});
export type V1TraceSpan = MessageOf<typeof V1TraceSpanType>;

export const V1TraceType = messageType(`${pkg}.Trace`, {
  projectId: string(1),
  traceId: string(2),
  spans: repeated(message(3, V1TraceSpanType)),
});
export type V1Trace = MessageOf<typeof V1TraceType>;

export const V1TracesType = messageType(`${pkg}.Traces`, { traces: repeated(message(1, V1TraceType)) });
export type V1Traces = MessageOf<typeof V1TracesType>;

export const V1PatchTracesRequestType = messageType(`${pkg}.PatchTracesRequest`, {
  projectId: string(1),
  traces: message(2, V1TracesType),
});

export const V1GetTraceRequestType = messageType(`${pkg}.GetTraceRequest`, {
  projectId: string(1),
  traceId: string(2),
});

export const V1ViewType = {
  fullName: `${pkg}.ListTracesRequest.ViewType`,
  numbers: { VIEW_TYPE_UNSPECIFIED: 0, MINIMAL: 1, ROOTSPAN: 2, COMPLETE: 3 },
} as const;

export const V1ListTracesRequestType = messageType(`${pkg}.ListTracesRequest`, {
  projectId: string(1),
  view: enumeration(2, V1ViewType),
  pageSize: int32(3),
  pageToken: string(4),
  startTime: timestamp(5),
  endTime: timestamp(6),
  filter: string(7),
  orderBy: string(8),
});
export type V1ListTracesRequest = MessageOf<typeof V1ListTracesRequestType>;

export const V1ListTracesResponseType = messageType(`${pkg}.ListTracesResponse`, {
  traces: repeated(message(1, V1TraceType)),
  nextPageToken: string(2),
});
export type V1ListTracesResponse = MessageOf<typeof V1ListTracesResponseType>;

export const EmptyType = messageType('google.protobuf.Empty', {});
