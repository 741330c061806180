import type { AttributeMap, AttributeValue, Resource, Scope, Span, SpanEvent, SpanLink } from '@utxoiq/model';
import { AttributeType, type SpanRow } from '@utxoiq/store';
import { ExportTraceServiceRequest } from './otlp-proto.ts';

/** What protobufjs reads, with 64-bit integers as Long. */
interface Long {
  readonly low: number;
  readonly high: number;
}
interface WireValue {
  readonly value?: string;
  readonly string_value: string;
  readonly bool_value: boolean;
  readonly int_value: Long;
  readonly double_value: number;
  readonly array_value: { readonly values: readonly WireValue[] };
  readonly kvlist_value: { readonly values: readonly WireKeyValue[] };
  readonly bytes_value: Uint8Array;
}
interface WireKeyValue {
  readonly key: string;
  readonly value: WireValue | null;
}
interface WireAttributed {
  readonly attributes: readonly WireKeyValue[];
  readonly dropped_attributes_count: number;
}
interface WireEvent extends WireAttributed {
  readonly time_unix_nano: Long;
  readonly name: string;
}
interface WireLink extends WireAttributed {
  readonly trace_id: Uint8Array;
  readonly span_id: Uint8Array;
  readonly trace_state: string;
  readonly flags: number;
}
interface WireSpan extends WireAttributed {
  readonly trace_id: Uint8Array;
  readonly span_id: Uint8Array;
  readonly trace_state: string;
  readonly parent_span_id: Uint8Array;
  readonly name: string;
  readonly kind: number;
  readonly start_time_unix_nano: Long;
  readonly end_time_unix_nano: Long;
  readonly events: readonly WireEvent[];
  readonly dropped_events_count: number;
  readonly links: readonly WireLink[];
  readonly dropped_links_count: number;
  readonly status: { readonly code: number; readonly message: string } | null;
  readonly flags: number;
}
interface WireScopeSpans {
  readonly scope: ({ readonly name: string; readonly version: string } & WireAttributed) | null;
  readonly spans: readonly WireSpan[];
  readonly schema_url: string;
}
interface WireRequest {
  readonly resource_spans: readonly {
    readonly resource: WireAttributed | null;
    readonly scope_spans: readonly WireScopeSpans[];
    readonly schema_url: string;
  }[];
}

const unsigned = (long: Long): bigint => (BigInt(long.high >>> 0) << 32n) | BigInt(long.low >>> 0);
const signed = (long: Long): bigint => BigInt.asIntN(64, unsigned(long));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function readValue(wire: WireValue | null): AttributeValue {
  switch (wire?.value) {
    case 'string_value':
      return wire.string_value;
    case 'bool_value':
      return wire.bool_value;
    case 'int_value':
      return signed(wire.int_value);
    case 'double_value':
      return wire.double_value;
    case 'array_value':
      return wire.array_value.values.map(readValue);
    case 'kvlist_value':
      return mapOf(wire.kvlist_value.values);
    case 'bytes_value':
      return new Uint8Array(wire.bytes_value);
    default:
      return null;
  }
}

const mapOf = (entries: readonly WireKeyValue[]): AttributeMap =>
  new Map(entries.map(({ key, value }) => [key, readValue(value)]));

/** The spans of a request as an independent decoder (protobufjs) has them. */
export function oracleSpans(bytes: Uint8Array, defaultProject: string): Span[] {
  const request = ExportTraceServiceRequest.decode(bytes) as unknown as WireRequest;
  return request.resource_spans.flatMap((group) => {
    const resource: Resource = {
      attributes: mapOf(group.resource?.attributes ?? []),
      droppedAttributesCount: group.resource?.dropped_attributes_count ?? 0,
      schemaUrl: group.schema_url,
    };
    const project = resource.attributes.get('gcp.project_id');
    const projectId = typeof project === 'string' && project !== '' ? project : defaultProject;
    return group.scope_spans.flatMap((scoped) => {
      const scope: Scope = {
        name: scoped.scope?.name ?? '',
        version: scoped.scope?.version ?? '',
        attributes: mapOf(scoped.scope?.attributes ?? []),
        droppedAttributesCount: scoped.scope?.dropped_attributes_count ?? 0,
        schemaUrl: scoped.schema_url,
      };
      return scoped.spans.map((span) => spanOf(span, { resource, scope, projectId }));
    });
  });
}

function spanOf(wire: WireSpan, shared: Pick<Span, 'resource' | 'scope' | 'projectId'>): Span {
  const parent = hex(wire.parent_span_id);
  return {
    ...shared,
    traceId: hex(wire.trace_id),
    spanId: hex(wire.span_id),
    parentSpanId: /^0*$/.test(parent) ? null : parent,
    traceState: wire.trace_state,
    flags: wire.flags,
    name: wire.name,
    kind: (wire.kind >= 0 && wire.kind <= 5 ? wire.kind : 0) as Span['kind'],
    startUnixNano: unsigned(wire.start_time_unix_nano),
    endUnixNano: unsigned(wire.end_time_unix_nano),
    attributes: mapOf(wire.attributes),
    droppedAttributesCount: wire.dropped_attributes_count,
    events: wire.events.map(eventOf),
    droppedEventsCount: wire.dropped_events_count,
    links: wire.links.map(linkOf),
    droppedLinksCount: wire.dropped_links_count,
    status: {
      code: ([0, 1, 2].includes(wire.status?.code ?? 0)
        ? (wire.status?.code ?? 0)
        : 0) as Span['status']['code'],
      message: wire.status?.message ?? '',
    },
  };
}

const eventOf = (wire: WireEvent): SpanEvent => ({
  timeUnixNano: unsigned(wire.time_unix_nano),
  name: wire.name,
  attributes: mapOf(wire.attributes),
  droppedAttributesCount: wire.dropped_attributes_count,
});

const linkOf = (wire: WireLink): SpanLink => ({
  traceId: hex(wire.trace_id).padStart(32, '0'),
  spanId: hex(wire.span_id).padStart(16, '0'),
  traceState: wire.trace_state,
  attributes: mapOf(wire.attributes),
  droppedAttributesCount: wire.dropped_attributes_count,
  flags: wire.flags,
});

function attributeValue(row: SpanRow, index: number): AttributeValue {
  const at = row.attributeTextAt?.[index] ?? -1;
  if (row.attributeTypes[index] !== AttributeType.string || at < 0)
    return row.attributeValues[index] as AttributeValue;
  return Buffer.from(row.bytes).toString('utf8', at, at + (row.attributeTextLength?.[index] ?? 0));
}

/** A span out of our decoder's row, in the model's form; checks that types and values agree. */
export function spanOfRow(row: SpanRow): Span {
  const idAt = (at: number, length: number) => hex(row.bytes.subarray(at, at + length));
  const time = (low: number, high: number) => (BigInt(high) << 32n) | BigInt(low);
  const attributes = new Map<string, AttributeValue>();
  for (let index = 0; index < row.attributeCount; index++) {
    const value = attributeValue(row, index);
    if (typeOf(value) !== row.attributeTypes[index]) throw new Error(`type of ${row.attributeKeys[index]}`);
    if (attributes.has(row.attributeKeys[index] as string)) throw new Error('a key twice');
    attributes.set(row.attributeKeys[index] as string, value);
  }
  return {
    projectId: row.projectId,
    traceId: idAt(row.traceIdAt, 16),
    spanId: idAt(row.spanIdAt, 8),
    parentSpanId: row.parentSpanIdAt < 0 ? null : idAt(row.parentSpanIdAt, 8),
    traceState: row.traceState,
    flags: row.flags,
    name: row.name,
    kind: row.kind as Span['kind'],
    startUnixNano: time(row.startLow, row.startHigh),
    endUnixNano: time(row.endLow, row.endHigh),
    attributes,
    droppedAttributesCount: row.droppedAttributesCount,
    events: [...row.events],
    droppedEventsCount: row.droppedEventsCount,
    links: [...row.links],
    droppedLinksCount: row.droppedLinksCount,
    status: { code: row.statusCode as Span['status']['code'], message: row.statusMessage },
    resource: row.resource,
    scope: row.scope,
  };
}

function typeOf(value: AttributeValue): AttributeType {
  if (value === null) return AttributeType.empty;
  if (typeof value === 'string') return AttributeType.string;
  if (typeof value === 'boolean') return AttributeType.bool;
  if (typeof value === 'bigint') return AttributeType.int;
  if (typeof value === 'number') return AttributeType.double;
  if (value instanceof Uint8Array) return AttributeType.bytes;
  return Array.isArray(value) ? AttributeType.array : AttributeType.kvlist;
}
