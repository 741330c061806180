export type { AttributeMap, AttributeValue } from './attribute-value.ts';
export type { Filter, Leaf, LeafScope, NumberOp, TextField, TextOp } from './filter/filter.ts';
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
export type { TraceOutline } from './trace/outline.ts';
export type { TraceOrder } from './trace-query.ts';
