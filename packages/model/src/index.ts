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
export {
  type DifferenceCandidate,
  differenceScore,
  type PopulationSizes,
  type RankedDifference,
  rankDifferences,
} from './compare/rank-differences.ts';
export { encodeChromeTrace } from './export/chrome-trace.ts';
export { parseCloudTraceFilter } from './filter/cloud-trace-filter.ts';
export { completeQuery, type QueryCompletion } from './filter/complete-query.ts';
export type { Filter, Leaf, LeafScope, NumberOp, TextField, TextOp } from './filter/filter.ts';
export type { FilterError, FilterOptions, FilterResult } from './filter/filter-error.ts';
export { formatCloudTraceFilter, necessaryCloudTraceFilter } from './filter/format-cloud-trace-filter.ts';
export { formatQuery } from './filter/format-query.ts';
export { matchesSpan, matchesTrace, numberMatches, rootOf, textMatches } from './filter/matches.ts';
export { parseQuery } from './filter/query.ts';
export {
  operatorsOf,
  type QueryOperator,
  type QueryWord,
  queryWords,
  quoteQueryKey,
  quoteQueryText,
} from './filter/query-words.ts';
export { formatDuration } from './geometry/duration-text.ts';
export { type Minimap, minimap, traceLength } from './geometry/minimap.ts';
export { type Tick, tickStep, timeTicks } from './geometry/ticks.ts';
export {
  type Bar,
  barOf,
  panView,
  selectView,
  type TimeLimits,
  type TimeView,
  timeToX,
  xToTime,
  zoomView,
} from './geometry/time-scale.ts';
export { parseSpanId, parseTraceId, spanIdFromBigInt, spanIdToBigInt } from './ids.ts';
export { decodeCloudTraceJson } from './import/cloud-trace-json.ts';
export { type ImportResult, importTraceFile, type TraceFileFormat } from './import/import-trace-file.ts';
export { decodeJaegerJson } from './import/jaeger-json.ts';
export { decodeZipkinJson } from './import/zipkin-json.ts';
export { ModelError, type ModelErrorCode, modelErrorCodes } from './model-error.ts';
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
export { buildOutline, serviceNameOf } from './trace/build-outline.ts';
export { buildCallTree, type CallSide, type CallTree, type TraceWithTree } from './trace/call-tree.ts';
export { adjustClockSkew, type ClockSkewAdjustment } from './trace/clock-skew.ts';
export { type CriticalPath, criticalPath } from './trace/critical-path.ts';
export { type DiffNode, type DiffSide, type DiffStatus, diffTraces, type TraceDiff } from './trace/diff.ts';
export { decodeOutline, encodeOutline } from './trace/encode-outline.ts';
export { type FlameBoxes, type FlameLanes, flameBoxes, flameLanes } from './trace/flame-graph.ts';
export type { Forest } from './trace/forest.ts';
export type { TraceOutline } from './trace/outline.ts';
export {
  outlineFlags,
  outlineHasEvents,
  outlineHasLinks,
  outlineIsError,
  outlineKind,
  outlineStatus,
} from './trace/outline-flags.ts';
export { type SearchOptions, searchOutline } from './trace/search.ts';
export { selfTimes } from './trace/self-time.ts';
export { type Totals, totals } from './trace/totals.ts';
export { buildTree, type TraceTree, TreeIssue } from './trace/tree.ts';
export {
  ancestorsOf,
  collapseBelowDepth,
  collapseService,
  hasChildren,
  visibleRows,
  withAncestors,
} from './trace/visible-rows.ts';
export type { TraceOrder } from './trace-query.ts';
export { unreachable } from './unreachable.ts';
