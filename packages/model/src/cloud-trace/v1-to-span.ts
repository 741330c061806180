import type { AttributeValue } from '../attribute-value.ts';
import { attributeAliases } from '../attributes/attribute-aliases.ts';
import { spanIdFromBigInt } from '../ids.ts';
import { type Scope, type Span, SpanKind, StatusCode } from '../span.ts';
import { traceIdProblem } from './ids.ts';
import { LabelName } from './label-names.ts';
import { labelText } from './label-text.ts';
import type { CloudTraceLimits } from './limits.ts';
import { V1SpanKind, type V1Trace, type V1TraceSpan } from './messages-v1.ts';
import { unknownEnum, type Violation } from './proto/json-decode.ts';
import { NO_SCOPE, SERVICE_KEYS, ServiceResources } from './service-resource.ts';
import { timeProblem } from './time-problem.ts';
import { truncateUtf8, utf8Length } from './truncate.ts';
import { typedLabel } from './typed-label.ts';
import type { ValidateOptions } from './v2-validate.ts';

/** How labels of v1 become attributes. */
export interface V1ToSpanOptions {
  /** What to cut; null: nothing, for what Google answered. */
  readonly limits: CloudTraceLimits | null;
  /**
   * Undo what Cloud Trace's flattening did: numbers and booleans out of labels whose names say that they are
   * some; labels that only repeat the span's kind, status, scope, service or a stable HTTP name go.
   */
  readonly unflatten?: boolean;
}

/** The first thing Google refuses in a v1 trace. `path`: `traces.traces[0]`. */
export function v1TraceProblem(trace: V1Trace, path: string, options: ValidateOptions): Violation | null {
  if (trace.projectId !== '' && trace.projectId !== options.projectId) {
    const field = `${path}.project_id`;
    const what = `the trace's project "${trace.projectId}" is not the request's "${options.projectId}".`;
    return { field, description: `Invalid value at '${field}': ${what}` };
  }
  const badId = traceIdProblem(trace.traceId);
  if (badId !== null) return { field: `${path}.trace_id`, description: badId };
  for (const [index, span] of trace.spans.entries()) {
    const problem = spanProblem(span, `${path}.spans[${index}]`, options);
    if (problem !== null) return problem;
  }
  return null;
}

function spanProblem(span: V1TraceSpan, path: string, options: ValidateOptions): Violation | null {
  if (span.spanId === 0n) {
    const description = 'Invalid span id: Span ID must be a non-zero 64-bit number. Current Span ID = 0';
    return { field: `${path}.span_id`, description };
  }
  if (span.kind < 0 || span.kind > 2) {
    return unknownEnum(`${path}.kind`, V1SpanKind, span.kind);
  }
  return timeProblem(span, path, options);
}

/** The spans of a v1 trace that `v1TraceProblem` found nothing wrong with. */
export function spansFromV1(trace: V1Trace, projectId: string, options: V1ToSpanOptions): Span[] {
  const resources = new ServiceResources();
  return trace.spans.map((span) => spanFromV1(span, { trace, projectId, resources, options }));
}

interface Context {
  readonly trace: V1Trace;
  readonly projectId: string;
  readonly resources: ServiceResources;
  readonly options: V1ToSpanOptions;
}

function spanFromV1(span: V1TraceSpan, { trace, projectId, resources, options }: Context): Span {
  const { attributes, dropped } = readLabels(span.labels, options);
  const resource = resources.of(attributes);
  if (options.unflatten === true) removeRepeated(attributes);
  const startUnixNano = span.startTime ?? 0n;
  const limits = options.limits;
  return {
    projectId,
    traceId: trace.traceId.toLowerCase(),
    spanId: spanIdFromBigInt(span.spanId),
    parentSpanId: span.parentSpanId === 0n ? null : spanIdFromBigInt(span.parentSpanId),
    traceState: '',
    flags: 0,
    name: limits === null ? span.name : truncateUtf8(span.name, limits.nameBytes).text,
    kind: kindOf(span),
    startUnixNano,
    endUnixNano: span.endTime ?? startUnixNano,
    attributes,
    droppedAttributesCount: dropped,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: statusOf(span.labels),
    resource,
    scope: scopeOf(span.labels),
  };
}

function readLabels(labels: ReadonlyMap<string, string>, { limits, unflatten }: V1ToSpanOptions) {
  const attributes = new Map<string, AttributeValue>();
  let dropped = 0;
  for (const [key, value] of labels) {
    if (limits !== null && (attributes.size >= limits.attributes || utf8Length(key) > limits.keyBytes)) {
      dropped++;
      continue;
    }
    const most = key === LabelName.stackTrace ? limits?.stackLabelBytes : limits?.valueBytes;
    const text = most === undefined ? value : truncateUtf8(value, most).text;
    attributes.set(key, unflatten === true ? typedLabel(key, text) : text);
  }
  return { attributes, dropped };
}

const REPEATED_LABELS: readonly string[] = [
  LabelName.spanKind,
  LabelName.statusMessage,
  LabelName.scopeName,
  LabelName.scopeVersion,
];

function removeRepeated(attributes: Map<string, AttributeValue>): void {
  for (const key of REPEATED_LABELS) attributes.delete(key);
  const code = attributes.get(LabelName.statusCode);
  if (code === '0' || code === '2') attributes.delete(LabelName.statusCode);
  for (const key of SERVICE_KEYS) attributes.delete(key);
  for (const [key, value] of attributes) {
    if (!key.startsWith('/')) continue;
    const stable = attributeAliases(key).find((name) => !name.startsWith('/') && attributes.has(name));
    if (stable !== undefined && labelText(attributes.get(stable) ?? null) === labelText(value)) {
      attributes.delete(key);
    }
  }
}

const KIND_LABELS = [LabelName.spanKind, '/span/kind', 'span.kind'];

function kindOf({ kind, labels }: V1TraceSpan): SpanKind {
  if (kind === 1) return SpanKind.server;
  if (kind === 2) return SpanKind.client;
  const label = KIND_LABELS.map((key) => labels.get(key)).find((value) => value !== undefined);
  const name = label?.toLowerCase() ?? '';
  return Object.hasOwn(SpanKind, name) ? SpanKind[name as keyof typeof SpanKind] : SpanKind.unspecified;
}

/** In the order in which readers of v1 look: the RPC code, OpenTelemetry's label, a bare `error`, HTTP's 5xx. */
function statusOf(labels: ReadonlyMap<string, string>): Span['status'] {
  const message =
    labels.get(LabelName.statusMessage) ??
    labels.get('otel.status_description') ??
    labels.get(LabelName.errorMessage) ??
    '';
  const rpcCode = labels.get(LabelName.statusCode);
  if (rpcCode !== undefined) return { code: rpcCode === '0' ? StatusCode.ok : StatusCode.error, message };
  const otel = labels.get('otel.status_code')?.toUpperCase();
  if (otel === 'OK') return { code: StatusCode.ok, message };
  const failed =
    otel === 'ERROR' ||
    labels.get('error') === 'true' ||
    labels.has(LabelName.errorName) ||
    Number(labels.get('/http/status_code') ?? 0) >= 500;
  return failed ? { code: StatusCode.error, message } : { code: StatusCode.unset, message: '' };
}

function scopeOf(labels: ReadonlyMap<string, string>): Scope {
  const name = labels.get(LabelName.scopeName) ?? '';
  return name === '' ? NO_SCOPE : { ...NO_SCOPE, name, version: labels.get(LabelName.scopeVersion) ?? '' };
}
