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
export { parseCloudTraceFilter } from './filter/cloud-trace-filter.ts';
export { completeQuery, type QueryCompletion } from './filter/complete-query.ts';
export type { Filter, Leaf, LeafScope, NumberOp, TextField, TextOp } from './filter/filter.ts';
export type { FilterError, FilterOptions, FilterResult } from './filter/filter-error.ts';
export { formatCloudTraceFilter } from './filter/format-cloud-trace-filter.ts';
export { formatQuery } from './filter/format-query.ts';
export { matchesSpan, matchesTrace, rootOf } from './filter/matches.ts';
export { parseQuery } from './filter/query.ts';
export {
  operatorsOf,
  type QueryOperator,
  type QueryWord,
  queryWords,
  quoteQueryKey,
  quoteQueryText,
} from './filter/query-words.ts';
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
