import { parseSpanId, parseTraceId, type Resource, type Span, SpanKind } from '@utxoiq/model';
import { isObject, type JsonObject, optional, ZipkinError } from './json-fields.ts';
import { attributesOf, resourceOf, SCOPE_TAGS, scopeOf, statusOf } from './zipkin-mapping.ts';

export type ZipkinResult =
  | { readonly ok: true; readonly spans: readonly Span[] }
  | { readonly ok: false; readonly message: string };

const KINDS: Readonly<Record<string, SpanKind>> = {
  CLIENT: SpanKind.client,
  SERVER: SpanKind.server,
  PRODUCER: SpanKind.producer,
  CONSUMER: SpanKind.consumer,
};

/**
 * Spans of Zipkin's `POST /api/v2/spans` (zipkin-api, zipkin2-api.yaml), mapped as OpenTelemetry's
 * specification says (trace/sdk_exporters/zipkin.md, read backwards). The project is left open.
 */
export function spansFromZipkin(json: unknown): ZipkinResult {
  if (!Array.isArray(json)) return { ok: false, message: 'expected a list of Zipkin v2 spans' };
  const resources = new Map<string, Resource>();
  const spans: Span[] = [];
  for (const [index, value] of json.entries()) {
    try {
      if (!isObject(value)) throw new ZipkinError('expected an object');
      spans.push(spanOf(value, resources));
    } catch (error) {
      if (!(error instanceof ZipkinError)) throw error;
      return { ok: false, message: `[${index}]: ${error.message}` };
    }
  }
  return { ok: true, spans };
}

function spanOf(json: JsonObject, resources: Map<string, Resource>): Span {
  const id = requiredId(json, 'id');
  const parentId = optional(json, 'parentId', 'string');
  const shared = optional(json, 'shared', 'boolean') === true;
  const startUnixNano = microseconds(json, 'timestamp');
  const tags = optional(json, 'tags', 'object') ?? {};
  const service = optional(optional(json, 'localEndpoint', 'object') ?? {}, 'serviceName', 'string') ?? '';
  const resource = resources.get(service) ?? resourceOf(service);
  resources.set(service, resource);
  return {
    projectId: '',
    traceId: traceIdOf(json),
    spanId: shared ? sharedSpanId(id) : id,
    parentSpanId: shared ? id : parentId === undefined ? null : spanId(parentId, 'parentId'),
    traceState: '',
    flags: 0,
    name: optional(json, 'name', 'string') ?? '',
    kind: KINDS[optional(json, 'kind', 'string') ?? ''] ?? SpanKind.internal,
    startUnixNano,
    endUnixNano: startUnixNano + microseconds(json, 'duration'),
    attributes: attributesOf(json, tags, SCOPE_TAGS),
    droppedAttributesCount: 0,
    events: (optional(json, 'annotations', 'list') ?? []).map((annotation) => {
      if (!isObject(annotation)) throw new ZipkinError('annotations: expected objects');
      const name = optional(annotation, 'value', 'string') ?? '';
      const timeUnixNano = microseconds(annotation, 'timestamp');
      return { timeUnixNano, name, attributes: new Map(), droppedAttributesCount: 0 };
    }),
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: statusOf(tags),
    resource,
    scope: scopeOf(tags),
  };
}

function traceIdOf(json: JsonObject): string {
  const text = optional(json, 'traceId', 'string') ?? '';
  const traceId = /^[0-9a-f]{1,32}$/i.test(text) ? parseTraceId(text.padStart(32, '0')) : null;
  if (traceId === null)
    throw new ZipkinError(`traceId: expected 16 or 32 hex digits, not all zero, got ${JSON.stringify(text)}`);
  return traceId;
}

const requiredId = (json: JsonObject, name: string): string =>
  spanId(optional(json, name, 'string') ?? '', name);

function spanId(text: string, name: string): string {
  const id = /^[0-9a-f]{1,16}$/i.test(text) ? parseSpanId(text.padStart(16, '0')) : null;
  if (id === null)
    throw new ZipkinError(`${name}: expected 16 hex digits, not all zero, got ${JSON.stringify(text)}`);
  return id;
}

/**
 * Zipkin's server may share the span id of its client. Elsewhere an id names one span, so the server's half
 * gets one of its own, the same each time, below the client's half.
 */
function sharedSpanId(id: string): string {
  const derived = (BigInt(`0x${id}`) ^ 0xffff_ffff_ffff_ffffn).toString(16).padStart(16, '0');
  return derived === '0000000000000000' ? '0000000000000001' : derived;
}

/** Microseconds, whole or not, as nanoseconds; 0 if the field is missing. */
function microseconds(json: JsonObject, name: string): bigint {
  const value = json[name];
  if (value === undefined || value === null) return 0n;
  if (typeof value !== 'number' || !(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
    throw new ZipkinError(`${name}: expected microseconds, got ${JSON.stringify(value)}`);
  }
  return BigInt(Math.round(value)) * 1_000n;
}
