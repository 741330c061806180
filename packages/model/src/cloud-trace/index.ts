export {
  formatSpanName,
  parseProjectName,
  spanIdFromDecimal,
  spanIdToDecimal,
  splitSpanName,
  traceIdProblem,
} from './ids.ts';
export { CLOUD_TRACE_LIMITS, type CloudTraceLimits, type LimitProfile } from './limits.ts';
export {
  EmptyType,
  V1GetTraceRequestType,
  type V1ListTracesRequest,
  V1ListTracesRequestType,
  type V1ListTracesResponse,
  V1ListTracesResponseType,
  V1PatchTracesRequestType,
  type V1Trace,
  type V1TraceSpan,
  type V1Traces,
  V1TracesType,
  V1TraceType,
  V1ViewType,
} from './messages-v1.ts';
export {
  RpcStatusType,
  type V2AttributeValue,
  V2BatchWriteSpansRequestType,
  type V2Span,
  V2SpanType,
} from './messages-v2.ts';
export { decodeMessage } from './proto/decode.ts';
export { encodeMessage } from './proto/encode.ts';
export { type JsonDecodeResult, messageFromJson, unknownEnum, type Violation } from './proto/json-decode.ts';
export { type JsonObject, messageToJson } from './proto/json-encode.ts';
export { parseJsonText } from './proto/json-text.ts';
export { emptyMessage, int32, int64, message, messageType, repeated, string } from './proto/message-type.ts';
export { WireError } from './proto/wire.ts';
export { ServiceResources } from './service-resource.ts';
export { transcodeBatch } from './transcode/transcode-batch.ts';
export { v1FromSpan, v1FromSpans } from './v1-from-span.ts';
export { spansFromV1, type V1ToSpanOptions, v1TraceProblem } from './v1-to-span.ts';
export { splitSpanBatch, type V2SpanBatch } from './v2-batch.ts';
export { v2FromSpan } from './v2-from-span.ts';
export { limitV2Span } from './v2-limit.ts';
export { spanFromV2 } from './v2-to-span.ts';
export { type ValidateOptions, v2SpanProblem } from './v2-validate.ts';
