export type { AttributeMap, AttributeValue } from './attribute-value.ts';
export { attributeAliases, HTTP_NAME_ALIASES } from './attributes/attribute-aliases.ts';
export {
  type AttributesJson,
  type AttributeTypeHint,
  attributesFromJson,
  attributesToJson,
  attributeToJson,
  type PlainJson,
} from './attributes/attribute-json.ts';
export { attributeNumber, attributeText } from './attributes/attribute-text.ts';
export type { Filter, Leaf, LeafScope, NumberOp, TextField, TextOp } from './filter/filter.ts';
export { parseSpanId, parseTraceId, spanIdFromBigInt, spanIdToBigInt } from './ids.ts';
export { ModelError, type ModelErrorCode } from './model-error.ts';
export {
  decodeOtlpJson,
  type OtlpDecodeOptions,
  type OtlpDecodeResult,
  type RejectedSpan,
} from './otlp/decode-json.ts';
export { encodeOtlpJson } from './otlp/encode-json.ts';
export { encodeOtlpProtobuf } from './otlp/encode-protobuf.ts';
export { parseJsonExact } from './otlp/json-text.ts';
export {
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
  SpanKind,
  type SpanLink,
  StatusCode,
  type TraceSummary,
} from './span.ts';
export { formatUnixNano, parseTimestamp } from './timestamp.ts';
export type { TraceOutline } from './trace/outline.ts';
export type { TraceOrder } from './trace-query.ts';
export { unreachable } from './unreachable.ts';
