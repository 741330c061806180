import { type AnyValue, type DecodedSpan, hexOf, type KeyValue } from './otlp-decoder.ts';

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** The API's form of a decoded span, computed without any code of the project. */
export function expectedSpan({ span, resource, resourceSchemaUrl, scope, scopeSchemaUrl }: DecodedSpan) {
  const parent = hexOf(span.parentSpanId);
  const service = resource?.attributes.find(({ key }) => key === 'service.name')?.value?.string;
  return {
    span_id: hexOf(span.spanId),
    parent_span_id: parent === '' ? null : parent,
    name: span.name,
    kind: kinds[span.kind],
    service: service ?? '',
    start_time: timeText(span.start),
    end_time: timeText(span.end),
    duration_ms: Number(BigInt(span.end) - BigInt(span.start)) / 1e6,
    ...attributesJson(span.attributes),
    dropped_attributes_count: span.droppedAttributesCount,
    status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
    events: span.events.map((event) => ({
      name: event.name,
      time: timeText(event.time),
      ...attributesJson(event.attributes),
      dropped_attributes_count: event.droppedAttributesCount,
    })),
    dropped_events_count: span.droppedEventsCount,
    links: span.links.map((link) => ({
      trace_id: hexOf(link.traceId),
      span_id: hexOf(link.spanId),
      trace_state: link.traceState,
      flags: link.flags,
      ...attributesJson(link.attributes),
      dropped_attributes_count: link.droppedAttributesCount,
    })),
    dropped_links_count: span.droppedLinksCount,
    trace_state: span.traceState,
    flags: span.flags,
    project_id: 'utxoiq-local',
    resource: {
      ...attributesJson(resource?.attributes ?? []),
      dropped_attributes_count: resource?.droppedAttributesCount ?? 0,
      schema_url: resourceSchemaUrl,
    },
    scope: {
      name: scope?.name ?? '',
      version: scope?.version ?? '',
      ...attributesJson(scope?.attributes ?? []),
      dropped_attributes_count: scope?.droppedAttributesCount ?? 0,
      schema_url: scopeSchemaUrl,
    },
  };
}

function attributesJson(list: readonly KeyValue[]) {
  const attributes: Record<string, unknown> = {};
  const types: Record<string, string> = {};
  for (const { key, value } of list) {
    const { json, type } = valueJson(value ?? {});
    attributes[key] = json;
    if (type !== undefined) types[key] = type;
  }
  return { attributes, ...(Object.keys(types).length === 0 ? {} : { attribute_types: types }) };
}

/** The JSON value, and the type where that value does not tell it. */
function valueJson(value: AnyValue): { json: unknown; type?: string } {
  if (value.string !== undefined) return { json: value.string };
  if (value.bool !== undefined) return { json: value.bool };
  if (value.int !== undefined) {
    const isSafe = Number.isSafeInteger(Number(value.int));
    return isSafe ? { json: Number(value.int) } : { json: value.int, type: 'int' };
  }
  if (value.double !== undefined) {
    return Number.isInteger(value.double) ? { json: value.double, type: 'double' } : { json: value.double };
  }
  if (value.bytes !== undefined) return { json: value.bytes, type: 'bytes' };
  if (value.array !== undefined) return { json: value.array.values.map((item) => valueJson(item).json) };
  throw new Error(`the recorded data has no such value: ${JSON.stringify(value)}`);
}

/** RFC 3339 with as many groups of three digits as the nanoseconds need. */
function timeText(unixNano: string): string {
  const nanos = BigInt(unixNano);
  const seconds = new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  let fraction = String(nanos % 1_000_000_000n).padStart(9, '0');
  while (fraction.endsWith('000')) fraction = fraction.slice(0, -3);
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`;
}
