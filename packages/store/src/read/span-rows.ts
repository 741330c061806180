import type { AttributeMap, AttributeValue, Span, SpanKind, StatusCode } from '@utxoiq/model';
import { anyValueFromText } from '../block/any-value-text.ts';
import { PROMOTED_ATTRIBUTES, promotedColumn } from '../block/promoted-attributes.ts';
import { resourceFromText, scopeFromText } from '../block/resource-text.ts';
import { spanDetailsFromText } from '../block/span-details.ts';
import type { NativeResult } from '../native/native-reader.ts';

/** Spans by time; of those that start together, as clocks of a millisecond make them, a parent before what it encloses. */
export const SPAN_ORDER = 'start, duration DESC, span_id';

/** What a SELECT lists so that `spansFromRows` can make whole spans of its answer. */
export const WHOLE_SPAN = [
  'project, trace_id, span_id, parent_span_id, name, kind, status_code, status_message, flags',
  'start, duration, resource, scope, details',
  'attributes_string, attributes_int, attributes_double, attributes_bool, attributes_other',
  ...Array.from(PROMOTED_ATTRIBUTES.keys(), promotedColumn),
].join(', ');

type Maps<Value> = ArrayLike<ReadonlyMap<string, Value>>;

const NO_PARENT = '0000000000000000';
export const parentOf = (id: string): string | null => (id === NO_PARENT ? null : id);

export function spansFromRows(result: NativeResult): Span[] {
  // An empty answer has no columns either.
  if (result.rows === 0) return [];
  const project = result.column('project');
  const traceId = result.column('trace_id');
  const spanId = result.column('span_id');
  const parent = result.column('parent_span_id');
  const name = result.column('name');
  const kind = result.column<Uint8Array>('kind');
  const statusCode = result.column<Uint8Array>('status_code');
  const statusMessage = result.column('status_message');
  const flags = result.column<Uint32Array>('flags');
  const start = result.column<BigInt64Array>('start');
  const duration = result.column<BigInt64Array>('duration');
  const resource = result.column('resource');
  const scope = result.column('scope');
  const details = result.column('details');
  const attributes = attributeReader(result);
  const resources = memoized(resourceFromText);
  const scopes = memoized(scopeFromText);
  return Array.from({ length: result.rows }, (_, row) => ({
    projectId: project[row] as string,
    traceId: traceId[row] as string,
    spanId: spanId[row] as string,
    parentSpanId: parentOf(parent[row] as string),
    flags: flags[row] as number,
    name: name[row] as string,
    kind: kind[row] as SpanKind,
    startUnixNano: unsigned(start[row] as bigint),
    endUnixNano: unsigned((start[row] as bigint) + (duration[row] as bigint)),
    attributes: attributes(row),
    ...spanDetailsFromText(details[row] as string),
    status: { code: statusCode[row] as StatusCode, message: statusMessage[row] as string },
    resource: resources(resource[row] as string),
    scope: scopes(scope[row] as string),
  }));
}

/** Times are kept in 64 bits whatever they are; OTLP's are unsigned. */
export const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

function attributeReader(result: NativeResult): (row: number) => AttributeMap {
  const promoted = Array.from(PROMOTED_ATTRIBUTES, ([key, kind]) => ({
    key,
    kind,
    values: result.column<ArrayLike<string | number>>(promotedColumn(key)),
  }));
  const strings = result.column<Maps<string>>('attributes_string');
  const ints = result.column<Maps<bigint>>('attributes_int');
  const doubles = result.column<Maps<number>>('attributes_double');
  const bools = result.column<Maps<number>>('attributes_bool');
  const others = result.column<Maps<string>>('attributes_other');
  return (row) => {
    const attributes = new Map<string, AttributeValue>();
    for (const { key, kind, values } of promoted) {
      const value = values[row];
      if (value === '' || value === 0) continue;
      attributes.set(key, kind === 'uint16' ? BigInt(value as number) : (value as string));
    }
    for (const [key, value] of strings[row] ?? []) attributes.set(key, value);
    for (const [key, value] of ints[row] ?? []) attributes.set(key, value);
    for (const [key, value] of doubles[row] ?? []) attributes.set(key, value);
    for (const [key, value] of bools[row] ?? []) attributes.set(key, value === 1);
    for (const [key, value] of others[row] ?? []) attributes.set(key, anyValueFromText(value));
    return attributes;
  };
}

function memoized<Value>(make: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = make(text);
      known.set(text, value);
    }
    return value;
  };
}
