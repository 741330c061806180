import {
  any,
  bool,
  boolValue,
  enumeration,
  inOneof,
  int32,
  int32Value,
  int64,
  type MessageOf,
  map,
  message,
  messageType,
  repeated,
  string,
  timestamp,
} from './proto/message-type.ts';

// google/devtools/cloudtrace/v2/trace.proto and tracing.proto of github.com/googleapis/googleapis; span_kind
// (14) is in the published clients and not in every copy of the file.
const pkg = 'google.devtools.cloudtrace.v2';

export const V2SpanKind = {
  fullName: `${pkg}.Span.SpanKind`,
  numbers: { SPAN_KIND_UNSPECIFIED: 0, INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 },
} as const;
export const V2LinkKind = {
  fullName: `${pkg}.Span.Link.Type`,
  numbers: { TYPE_UNSPECIFIED: 0, CHILD_LINKED_SPAN: 1, PARENT_LINKED_SPAN: 2 },
} as const;
export const V2MessageEventKind = {
  fullName: `${pkg}.Span.TimeEvent.MessageEvent.Type`,
  numbers: { TYPE_UNSPECIFIED: 0, SENT: 1, RECEIVED: 2 },
} as const;

export const V2TruncatableStringType = messageType(`${pkg}.TruncatableString`, {
  value: string(1),
  truncatedByteCount: int32(2),
});
export type V2TruncatableString = MessageOf<typeof V2TruncatableStringType>;

export const V2AttributeValueType = messageType(`${pkg}.AttributeValue`, {
  stringValue: inOneof('value', message(1, V2TruncatableStringType)),
  intValue: inOneof('value', int64(2)),
  boolValue: inOneof('value', bool(3)),
});
export type V2AttributeValue = MessageOf<typeof V2AttributeValueType>;

export const V2AttributesType = messageType(`${pkg}.Span.Attributes`, {
  attributeMap: map(message(1, V2AttributeValueType)),
  droppedAttributesCount: int32(2),
});
export type V2Attributes = MessageOf<typeof V2AttributesType>;

const V2AnnotationType = messageType(`${pkg}.Span.TimeEvent.Annotation`, {
  description: message(1, V2TruncatableStringType),
  attributes: message(2, V2AttributesType),
});
export const V2MessageEventType = messageType(`${pkg}.Span.TimeEvent.MessageEvent`, {
  type: enumeration(1, V2MessageEventKind),
  id: int64(2),
  uncompressedSizeBytes: int64(3),
  compressedSizeBytes: int64(4),
});
export type V2MessageEvent = MessageOf<typeof V2MessageEventType>;

export const V2TimeEventType = messageType(`${pkg}.Span.TimeEvent`, {
  time: timestamp(1),
  annotation: inOneof('value', message(2, V2AnnotationType)),
  messageEvent: inOneof('value', message(3, V2MessageEventType)),
});
export type V2TimeEvent = MessageOf<typeof V2TimeEventType>;

export const V2TimeEventsType = messageType(`${pkg}.Span.TimeEvents`, {
  timeEvent: repeated(message(1, V2TimeEventType)),
  droppedAnnotationsCount: int32(2),
  droppedMessageEventsCount: int32(3),
});

export const V2LinkType = messageType(`${pkg}.Span.Link`, {
  traceId: string(1),
  spanId: string(2),
  type: enumeration(3, V2LinkKind),
  attributes: message(4, V2AttributesType),
});
export type V2Link = MessageOf<typeof V2LinkType>;

export const V2LinksType = messageType(`${pkg}.Span.Links`, {
  link: repeated(message(1, V2LinkType)),
  droppedLinksCount: int32(2),
});

const V2ModuleType = messageType(`${pkg}.Module`, {
  module: message(1, V2TruncatableStringType),
  buildId: message(2, V2TruncatableStringType),
});
export const V2StackFrameType = messageType(`${pkg}.StackTrace.StackFrame`, {
  functionName: message(1, V2TruncatableStringType),
  originalFunctionName: message(2, V2TruncatableStringType),
  fileName: message(3, V2TruncatableStringType),
  lineNumber: int64(4),
  columnNumber: int64(5),
  loadModule: message(6, V2ModuleType),
  sourceVersion: message(7, V2TruncatableStringType),
});
const V2StackFramesType = messageType(`${pkg}.StackTrace.StackFrames`, {
  frame: repeated(message(1, V2StackFrameType)),
  droppedFramesCount: int32(2),
});
export const V2StackTraceType = messageType(`${pkg}.StackTrace`, {
  stackFrames: message(1, V2StackFramesType),
  stackTraceHashId: int64(2),
});
export type V2StackTrace = MessageOf<typeof V2StackTraceType>;

export const RpcStatusType = messageType('google.rpc.Status', {
  code: int32(1),
  message: string(2),
  details: repeated(any(3)),
});
export type RpcStatus = MessageOf<typeof RpcStatusType>;

export const V2SpanType = messageType(`${pkg}.Span`, {
  name: string(1),
  spanId: string(2),
  parentSpanId: string(3),
  displayName: message(4, V2TruncatableStringType),
  startTime: timestamp(5),
  endTime: timestamp(6),
  attributes: message(7, V2AttributesType),
  stackTrace: message(8, V2StackTraceType),
  timeEvents: message(9, V2TimeEventsType),
  links: message(10, V2LinksType),
  status: message(11, RpcStatusType),
  sameProcessAsParentSpan: boolValue(12),
  childSpanCount: int32Value(13),
  spanKind: enumeration(14, V2SpanKind),
});
export type V2Span = MessageOf<typeof V2SpanType>;

export const V2BatchWriteSpansRequestType = messageType(`${pkg}.BatchWriteSpansRequest`, {
  name: string(1),
  spans: repeated(message(2, V2SpanType)),
});
