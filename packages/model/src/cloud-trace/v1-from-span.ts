import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import { attributeAliases } from '../attributes/attribute-aliases.ts';
import { spanIdToBigInt } from '../ids.ts';
import { type Span, SpanKind, StatusCode } from '../span.ts';
import { LabelName } from './label-names.ts';
import { labelText } from './label-text.ts';
import type { V1Trace, V1TraceSpan } from './messages-v1.ts';
import { stackLabel } from './stack-label.ts';

/** Spans of one trace as v1 has them. */
export function v1FromSpans(projectId: string, traceId: string, spans: readonly Span[]): V1Trace {
  return { projectId, traceId, spans: spans.map(v1FromSpan) };
}

export function v1FromSpan(span: Span): V1TraceSpan {
  return {
    spanId: spanIdToBigInt(span.spanId),
    kind: span.kind === SpanKind.server ? 1 : span.kind === SpanKind.client ? 2 : 0,
    name: span.name,
    startTime: span.startUnixNano,
    endTime: span.endUnixNano,
    parentSpanId: span.parentSpanId === null ? 0n : spanIdToBigInt(span.parentSpanId),
    labels: labelsOf(span),
  };
}

/** One flat map: resource, then span; Cloud Trace's own names beside the stable ones; kind and status last. */
function labelsOf(span: Span): Map<string, string> {
  const labels = new Map<string, string>();
  addAttributes(span.resource.attributes, labels);
  addAttributes(span.attributes, labels);
  addExceptions(span, labels);
  const stack = labels.get(LabelName.stackTrace);
  if (stack !== undefined) labels.set(LabelName.stackTrace, stackLabel(stack));
  const add = (key: string, value: string) => {
    if (value !== '' && !labels.has(key)) labels.set(key, value);
  };
  add(LabelName.scopeName, span.scope.name);
  add(LabelName.scopeVersion, span.scope.version);
  if (span.kind !== SpanKind.unspecified) add(LabelName.spanKind, kindName(span.kind));
  if (span.status.code !== StatusCode.unset) {
    add(LabelName.statusCode, span.status.code === StatusCode.ok ? '0' : '2');
    add(LabelName.statusMessage, span.status.message);
  }
  return labels;
}

function addAttributes(attributes: AttributeMap, labels: Map<string, string>): void {
  for (const [key, value] of attributes) {
    const text = labelText(value);
    labels.set(key, text);
    for (const alias of attributeAliases(key)) {
      if (alias.startsWith('/') && !labels.has(alias)) labels.set(alias, text);
    }
  }
}

/** v1 has no events; of exceptions it has labels, and shows them. */
function addExceptions({ events }: Span, labels: Map<string, string>): void {
  const exception = events.findLast(({ name }) => name === 'exception');
  if (exception === undefined) return;
  const add = (key: string, value: AttributeValue | undefined) => {
    if (typeof value === 'string' && value !== '' && !labels.has(key)) labels.set(key, value);
  };
  add(LabelName.errorName, exception.attributes.get('exception.type'));
  add(LabelName.errorMessage, exception.attributes.get('exception.message'));
  add(LabelName.stackTrace, exception.attributes.get('exception.stacktrace'));
}

function kindName(kind: SpanKind): string {
  const entry = Object.entries(SpanKind).find(([, number]) => number === kind);
  return entry === undefined ? '' : entry[0].toUpperCase();
}
