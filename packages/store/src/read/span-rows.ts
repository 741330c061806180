import type { AttributeMap, AttributeValue, Span, SpanKind, StatusCode } from '@utxoiq/model';
import { anyValueFromText } from '../block/any-value-text.ts';
import { type Filled, filledBit, NOTHING_FILLED, OFTEN_EMPTY_COLUMNS } from '../block/filled-columns.ts';
import { PROMOTED_ATTRIBUTES, promotedColumn } from '../block/promoted-attributes.ts';
import { resourceFromText, scopeFromText } from '../block/resource-text.ts';
import { spanDetailsFromText } from '../block/span-details.ts';
import type { NativeResult } from '../native/native-reader.ts';

/** Spans by time; of those that start together, as clocks of a millisecond make them, a parent before what it encloses. */
export const SPAN_ORDER = 'start, duration DESC, span_id';

/** What a SELECT lists so that `spansFromRows` can make whole spans of its answer, if they fill no other columns. */
export const wholeSpan = (columns: Filled): string =>
  [
    'project, trace_id, span_id, parent_span_id, name, kind, status_code, flags, start, duration, resource, scope, filled',
    ...OFTEN_EMPTY_COLUMNS.filter((name) => (columns & filledBit(name)) !== 0),
  ].join(', ');

/** The columns that any of the rows has something in. */
export const filledIn = (result: NativeResult): Filled =>
  result.column<Uint32Array>('filled').reduce((all, one) => all | one, NOTHING_FILLED);

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
  const statusMessage = columnOrNone(result, 'status_message');
  const flags = result.column<Uint32Array>('flags');
  const start = result.column<BigInt64Array>('start');
  const duration = result.column<BigInt64Array>('duration');
  const resource = result.column('resource');
  const scope = result.column('scope');
  const details = columnOrNone(result, 'details');
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
    ...spanDetailsFromText(details?.[row] ?? ''),
    status: { code: statusCode[row] as StatusCode, message: statusMessage?.[row] ?? '' },
    resource: resources(resource[row] as string),
    scope: scopes(scope[row] as string),
  }));
}

/** Times are kept in 64 bits whatever they are; OTLP's are unsigned. */
export const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

function attributeReader(result: NativeResult): (row: number) => AttributeMap {
  const promoted = Array.from(PROMOTED_ATTRIBUTES).flatMap(([key, kind]) => {
    const values = columnOrNone<ArrayLike<string | number>>(result, promotedColumn(key));
    return values === null ? [] : [{ key, kind, values }];
  });
  const strings = columnOrNone<Maps<string>>(result, 'attributes_string');
  const ints = columnOrNone<Maps<bigint>>(result, 'attributes_int');
  const doubles = columnOrNone<Maps<number>>(result, 'attributes_double');
  const bools = columnOrNone<Maps<number>>(result, 'attributes_bool');
  const others = columnOrNone<Maps<string>>(result, 'attributes_other');
  return (row) => {
    const attributes = new Map<string, AttributeValue>();
    for (const { key, kind, values } of promoted) {
      const value = values[row];
      if (value === '' || value === 0) continue;
      attributes.set(key, kind === 'uint16' ? BigInt(value as number) : (value as string));
    }
    for (const [key, value] of strings?.[row] ?? []) attributes.set(key, value);
    for (const [key, value] of ints?.[row] ?? []) attributes.set(key, value);
    for (const [key, value] of doubles?.[row] ?? []) attributes.set(key, value);
    for (const [key, value] of bools?.[row] ?? []) attributes.set(key, value === 1);
    for (const [key, value] of others?.[row] ?? []) attributes.set(key, anyValueFromText(value));
    return attributes;
  };
}

/** Null for a column that was not asked for, since no span has anything in it. */
const columnOrNone = <Values = ArrayLike<string>>(result: NativeResult, name: string): Values | null =>
  result.has(name) ? result.column<Values>(name) : null;

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
