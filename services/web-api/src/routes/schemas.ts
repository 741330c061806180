import { Type } from '@fastify/type-provider-typebox';

/** Response shapes for the OpenAPI page; tests hold real responses against them. */
const Attributes = Type.Record(Type.String(), Type.Unknown(), {
  description: 'Plain JSON values by attribute name.',
});
const AttributeTypes = Type.Optional(
  Type.Record(Type.String(), Type.String(), {
    description:
      'Types that JSON cannot tell: `double` (an integral one), `int` (beyond 2^53, as text), `bytes` (base64), `empty`, `otlp` (in OTLP/JSON form).',
  }),
);
const attributed = {
  attributes: Attributes,
  attribute_types: AttributeTypes,
  dropped_attributes_count: Type.Integer(),
};
export const Time = Type.String({ description: 'RFC 3339, UTC, to the nanosecond' });
const interval = { start_time: Time, end_time: Time, duration_ms: Type.Number() };
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    instance: Type.String(),
    field: Type.Optional(Type.String()),
    came: Type.Optional(Type.Unknown()),
    expected: Type.Optional(Type.String()),
    position: Type.Optional(Type.Integer()),
    length: Type.Optional(Type.Integer()),
    next_step: Type.Optional(Type.String()),
  },
  { description: 'A problem (RFC 9457)' },
);

export const SpanSchema = Type.Object({
  span_id: Type.String(),
  name: Type.String(),
  ...interval,
  parent_span_id: Nullable(Type.String()),
  kind: Type.String(),
  service: Type.String(),
  ...attributed,
  status: Type.Object({ code: Type.Integer(), message: Type.String() }),
  events: Type.Array(Type.Object({ name: Type.String(), time: Time, ...attributed })),
  links: Type.Array(
    Type.Object({
      trace_id: Type.String(),
      span_id: Type.String(),
      trace_state: Type.String(),
      flags: Type.Integer(),
      ...attributed,
    }),
  ),
  resource: Type.Object({ ...attributed, schema_url: Type.String() }),
  scope: Type.Object({
    name: Type.String(),
    version: Type.String(),
    ...attributed,
    schema_url: Type.String(),
  }),
  trace_state: Type.String(),
  flags: Type.Integer(),
  project_id: Type.String(),
  dropped_events_count: Type.Integer(),
  dropped_links_count: Type.Integer(),
});

export const TraceSummarySchema = Type.Object({
  trace_id: Type.String(),
  project_id: Type.String(),
  span_count: Type.Integer(),
  error_count: Type.Integer(),
  ...interval,
  root: Nullable(
    Type.Object({ span_id: Type.String(), name: Type.String(), service: Type.String(), ...interval }),
  ),
  services: Type.Array(Type.Object({ name: Type.String(), span_count: Type.Integer() })),
});

export const TraceSchema = Type.Object({
  ...TraceSummarySchema.properties,
  spans: Type.Array(SpanSchema),
  partial: Type.Optional(
    Type.String({ description: 'Why the answer is cut short: time, memory, limit or sample' }),
  ),
});

export const SpanSummarySchema = Type.Object({
  trace_id: Type.String(),
  project_id: Type.String(),
  span_id: Type.String(),
  parent_span_id: Nullable(Type.String()),
  name: Type.String(),
  service: Type.String(),
  kind: Type.String(),
  status_code: Type.Integer(),
  ...interval,
});

const red = {
  count: Type.Number(),
  errors: Type.Number(),
  p50_ms: Type.Number(),
  p95_ms: Type.Number(),
  p99_ms: Type.Number(),
};
export const ServiceSchema = Type.Object({ service: Type.String(), ...red });
export const OperationSchema = Type.Object({
  service: Type.String(),
  operation: Type.String(),
  kind: Type.String(),
  ...red,
});
export const DependencySchema = Type.Object({ parent: Type.String(), child: Type.String(), ...red });
export const AttributeKeySchema = Type.Object({
  key: Type.String(),
  on: Type.String(),
  type: Type.String(),
  count: Type.Number(),
});
export const ValueCountSchema = Type.Object({ value: Type.String(), count: Type.Number() });
export const FacetSchema = Type.Object({
  key: Type.String(),
  values: Type.Array(ValueCountSchema),
  partial: Type.Optional(
    Type.String({ description: 'Why the count is cut short: time, memory, limit or sample' }),
  ),
});
export const TimeseriesSchema = Type.Object({
  bucket_ms: Type.Number(),
  series: Type.Array(
    Type.Object({ key: Type.String(), points: Type.Array(Type.Object({ start_time: Time, ...red })) }),
  ),
});
export const HeatmapSchema = Type.Object({
  start_time: Time,
  bucket_ms: Type.Number(),
  duration_edges_ms: Type.Array(Type.Number()),
  cells: Type.Array(
    Type.Object({ x: Type.Integer(), y: Type.Integer(), count: Type.Number(), errors: Type.Number() }),
  ),
});
export const CompareSchema = Type.Object({
  selected_count: Type.Number(),
  baseline_count: Type.Number(),
  differences: Type.Array(
    Type.Object({
      key: Type.String(),
      value: Type.String(),
      selected_share: Type.Number(),
      baseline_share: Type.Number(),
      score: Type.Number(),
    }),
  ),
});

/** A problem as an answer: its media type is not plain JSON (RFC 9457, section 3). */
export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemSchema } },
});

/** The problems that every authenticated route can answer with. */
export const problemResponses = {
  400: problemResponse(
    'The request is not valid: the problem names the field, what came and what is expected',
  ),
  401: problemResponse('No token, or one that is not valid'),
  403: problemResponse('The role or the project does not allow it'),
  429: problemResponse('Too many requests: Retry-After says when to come again'),
  '5xx': problemResponse('The store or a service behind does not answer'),
} as const;

export const notFoundResponse = {
  404: problemResponse('Nothing of that name that the caller may see'),
} as const;
