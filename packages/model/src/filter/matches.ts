import type { AttributeValue } from '../attribute-value.ts';
import { attributeAliases } from '../attributes/attribute-aliases.ts';
import { attributeNumber, attributeText } from '../attributes/attribute-text.ts';
import { type Span, SpanKind, StatusCode } from '../span.ts';
import type { Filter, Leaf, NumberOp, TextField, TextOp } from './filter.ts';

/** Whether a filter holds of a trace. Slow and obvious: the meaning that the store's SQL is tested against. */
export function matchesTrace(filter: Filter | null, spans: readonly Span[]): boolean {
  if (filter === null) return true;
  const root = rootOf(spans);
  switch (filter.type) {
    case 'and':
      return filter.terms.every((term) => matchesTrace(term, spans));
    case 'or':
      return filter.terms.some((term) => matchesTrace(term, spans));
    case 'not':
      return !matchesTrace(filter.term, spans);
    case 'same-span':
      return spans.some((span) => matchesSpan(filter.term, span, span === root));
    case 'trace-duration':
      return spans.length > 0 && numberMatches(traceDuration(spans), filter.op, filter.nanos);
    default:
      return spans.some((span) => matchesLeaf(filter, span, span === root));
  }
}

/** Whether a filter holds of one span; `isRoot` tells whether it is its trace's root. */
export function matchesSpan(filter: Filter | null, span: Span, isRoot: boolean): boolean {
  if (filter === null) return true;
  switch (filter.type) {
    case 'and':
      return filter.terms.every((term) => matchesSpan(term, span, isRoot));
    case 'or':
      return filter.terms.some((term) => matchesSpan(term, span, isRoot));
    case 'not':
      return !matchesSpan(filter.term, span, isRoot);
    case 'same-span':
      return matchesSpan(filter.term, span, isRoot);
    default:
      return matchesLeaf(filter, span, isRoot);
  }
}

/** The span without parent that starts first; by id where two start at once. */
export function rootOf(spans: readonly Span[]): Span | undefined {
  return spans
    .filter((span) => span.parentSpanId === null)
    .reduce<Span | undefined>(
      (first, span) => (first === undefined || isBefore(span, first) ? span : first),
      undefined,
    );
}

function isBefore(a: Span, b: Span): boolean {
  if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano;
  return a.spanId < b.spanId;
}

function traceDuration(spans: readonly Span[]): bigint {
  let start = spans[0]?.startUnixNano ?? 0n;
  let end = spans[0]?.endUnixNano ?? 0n;
  for (const span of spans) {
    if (span.startUnixNano < start) start = span.startUnixNano;
    if (span.endUnixNano > end) end = span.endUnixNano;
  }
  return end - start;
}

function matchesLeaf(leaf: Leaf, span: Span, isRoot: boolean): boolean {
  if ('scope' in leaf && leaf.scope === 'root' && !isRoot) return false;
  switch (leaf.type) {
    case 'trace-duration':
    case 'span-duration':
      return numberMatches(span.endUnixNano - span.startUnixNano, leaf.op, leaf.nanos);
    case 'field':
      return textMatches(fieldText(span, leaf.field), leaf.op, leaf.value);
    case 'has-attribute':
      return valuesOf(span, leaf).length > 0;
    case 'attribute':
      return valuesOf(span, leaf).some((value) => textMatches(attributeText(value), leaf.op, leaf.value));
    case 'attribute-number':
      return valuesOf(span, leaf).some((value) => {
        const number = attributeNumber(value);
        return number !== null && numberMatches(number, leaf.op, leaf.value);
      });
  }
}

/** What the span and its resource hold under any of the key's names. */
function valuesOf(span: Span, leaf: { readonly key: string; readonly exactKey?: true }): AttributeValue[] {
  const keys = leaf.exactKey === true ? [leaf.key] : attributeAliases(leaf.key);
  return keys.flatMap((key) =>
    [span.attributes.get(key), span.resource.attributes.get(key)].filter((value) => value !== undefined),
  );
}

const kindNames = new Map<number, string>(Object.entries(SpanKind).map(([name, kind]) => [kind, name]));
const statusNames = new Map<number, string>(Object.entries(StatusCode).map(([name, code]) => [code, name]));

function fieldText(span: Span, field: TextField): string {
  switch (field) {
    case 'name':
      return span.name;
    case 'service':
      return attributeText(span.resource.attributes.get('service.name') ?? null);
    case 'kind':
      return kindNames.get(span.kind) ?? '';
    case 'status':
      return statusNames.get(span.status.code) ?? '';
    case 'status-message':
      return span.status.message;
    case 'trace-id':
      return span.traceId;
    case 'span-id':
      return span.spanId;
    case 'scope-name':
      return span.scope.name;
  }
}

/** Whether a text satisfies an operator of the filter language. */
export function textMatches(text: string, op: TextOp, value: string): boolean {
  switch (op) {
    case '=':
      return text === value;
    case 'prefix':
      return text.startsWith(value);
    case 'contains':
      return text.includes(value);
  }
}

/** Whether a number satisfies an operator of the filter language. */
export function numberMatches(left: number | bigint, op: NumberOp, right: number | bigint): boolean {
  switch (op) {
    case '=':
      return left === right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
