import { parseSpanId, parseTraceId } from '../ids.ts';
import {
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
  SpanKind,
  type SpanLink,
  StatusCode,
} from '../span.ts';
import { keyValuesFromJson } from './any-value-json.ts';
import {
  type JsonObject,
  jsonEnum,
  readArray,
  readEnum,
  readObject,
  readString,
  readUint32,
  readUint64,
} from './json-reader.ts';
import { described, Malformed } from './malformed.ts';

/** A span that cannot be kept while the rest of its request can. */
export interface RejectedSpan {
  /** Where it stood: `resourceSpans[0].scopeSpans[1].spans[7]`. */
  readonly path: string;
  readonly reason: string;
}

/** The spans of a request and those that were left out, or why it is none. */
export type OtlpDecodeResult =
  | { readonly ok: true; readonly spans: readonly Span[]; readonly rejected: readonly RejectedSpan[] }
  /** The whole request is not OTLP/JSON. */
  | { readonly ok: false; readonly error: { readonly path: string; readonly message: string } };

/** What `decodeOtlpJson` assumes where the request is silent. */
export interface OtlpDecodeOptions {
  /** Project of spans whose resource has no `gcp.project_id`. Default empty. */
  readonly defaultProjectId?: string;
}

const kinds = jsonEnum<SpanKind>(
  ['SPAN_KIND_UNSPECIFIED', SpanKind.unspecified],
  ['SPAN_KIND_INTERNAL', SpanKind.internal],
  ['SPAN_KIND_SERVER', SpanKind.server],
  ['SPAN_KIND_CLIENT', SpanKind.client],
  ['SPAN_KIND_PRODUCER', SpanKind.producer],
  ['SPAN_KIND_CONSUMER', SpanKind.consumer],
);
const statusCodes = jsonEnum<StatusCode>(
  ['STATUS_CODE_UNSET', StatusCode.unset],
  ['STATUS_CODE_OK', StatusCode.ok],
  ['STATUS_CODE_ERROR', StatusCode.error],
);

/**
 * An `ExportTraceServiceRequest` (or `TracesData`) in OTLP/JSON (opentelemetry-proto, "JSON Protobuf
 * Encoding"): hex ids, 64-bit integers as strings or numbers, enums as numbers or names, unknown fields
 * ignored. Throws nothing.
 */
export function decodeOtlpJson(json: unknown, options: OtlpDecodeOptions = {}): OtlpDecodeResult {
  const decoder = new Decoder(options.defaultProjectId ?? '');
  try {
    decoder.request(json);
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, error: { path: error.path, message: error.message } };
    throw error;
  }
  return { ok: true, spans: decoder.spans, rejected: decoder.rejected };
}

class Decoder {
  readonly spans: Span[] = [];
  readonly rejected: RejectedSpan[] = [];
  readonly #defaultProjectId: string;

  constructor(defaultProjectId: string) {
    this.#defaultProjectId = defaultProjectId;
  }

  request(json: unknown): void {
    if (json === null || json === undefined)
      throw new Malformed('', `expected an object, got ${described(json)}`);
    const request = readObject(json, '');
    readArray(request.resourceSpans, 'resourceSpans').forEach((item, index) => {
      this.#resourceSpans(readObject(item, `resourceSpans[${index}]`), `resourceSpans[${index}]`);
    });
  }

  #resourceSpans(json: JsonObject, path: string): void {
    const resource = readResource(json, path);
    const project = resource.attributes.get('gcp.project_id');
    const projectId = typeof project === 'string' && project !== '' ? project : this.#defaultProjectId;
    readArray(json.scopeSpans, `${path}.scopeSpans`).forEach((item, index) => {
      const at = `${path}.scopeSpans[${index}]`;
      const scopeSpans = readObject(item, at);
      const scope = readScope(scopeSpans, at);
      readArray(scopeSpans.spans, `${at}.spans`).forEach((span, spanIndex) => {
        this.#span(span, `${at}.spans[${spanIndex}]`, { projectId, resource, scope });
      });
    });
  }

  #span(json: unknown, path: string, origin: Pick<Span, 'projectId' | 'resource' | 'scope'>): void {
    const span = readSpan(readObject(json, path), path, origin);
    if (typeof span === 'string') this.rejected.push({ path, reason: span });
    else this.spans.push(span);
  }
}

function readResource(json: JsonObject, path: string): Resource {
  const resource = readObject(json.resource, `${path}.resource`);
  return {
    attributes: keyValuesFromJson(resource.attributes, `${path}.resource.attributes`),
    droppedAttributesCount: readUint32(
      resource.droppedAttributesCount,
      `${path}.resource.droppedAttributesCount`,
    ),
    schemaUrl: readString(json.schemaUrl, `${path}.schemaUrl`),
  };
}

function readScope(json: JsonObject, path: string): Scope {
  const scope = readObject(json.scope, `${path}.scope`);
  return {
    name: readString(scope.name, `${path}.scope.name`),
    version: readString(scope.version, `${path}.scope.version`),
    attributes: keyValuesFromJson(scope.attributes, `${path}.scope.attributes`),
    droppedAttributesCount: readUint32(scope.droppedAttributesCount, `${path}.scope.droppedAttributesCount`),
    schemaUrl: readString(json.schemaUrl, `${path}.schemaUrl`),
  };
}

/** The span, or why it is rejected. Everything is read first, so that a malformed request is never half taken. */
function readSpan(
  json: JsonObject,
  path: string,
  origin: Pick<Span, 'projectId' | 'resource' | 'scope'>,
): Span | string {
  const traceIdText = readString(json.traceId, `${path}.traceId`);
  const spanIdText = readString(json.spanId, `${path}.spanId`);
  const parentText = readString(json.parentSpanId, `${path}.parentSpanId`);
  const traceId = parseTraceId(traceIdText);
  const spanId = parseSpanId(spanIdText);
  const noParent = parentText === '' || parentText === '0000000000000000';
  const parentSpanId = noParent ? null : parseSpanId(parentText);
  const rest = readSpanBody(json, path);
  if (traceId === null) return idReason('traceId', 32, traceIdText);
  if (spanId === null) return idReason('spanId', 16, spanIdText);
  if (!noParent && parentSpanId === null) return idReason('parentSpanId', 16, parentText);
  return firstBadLink(rest.links) ?? { ...origin, traceId, spanId, parentSpanId, ...rest };
}

function idReason(field: string, digits: number, got: string): string {
  return `${field}: expected ${digits} hex digits, not all zero, got ${described(got)}`;
}

type SpanBody = Omit<Span, 'projectId' | 'resource' | 'scope' | 'traceId' | 'spanId' | 'parentSpanId'>;

function readSpanBody(json: JsonObject, path: string): SpanBody {
  const status = readObject(json.status, `${path}.status`);
  return {
    traceState: readString(json.traceState, `${path}.traceState`),
    flags: readUint32(json.flags, `${path}.flags`),
    name: readString(json.name, `${path}.name`),
    kind: readEnum(json.kind, kinds, `${path}.kind`),
    startUnixNano: readUint64(json.startTimeUnixNano, `${path}.startTimeUnixNano`),
    endUnixNano: readUint64(json.endTimeUnixNano, `${path}.endTimeUnixNano`),
    attributes: keyValuesFromJson(json.attributes, `${path}.attributes`),
    droppedAttributesCount: readUint32(json.droppedAttributesCount, `${path}.droppedAttributesCount`),
    events: readArray(json.events, `${path}.events`).map((event, index) =>
      readEvent(event, `${path}.events[${index}]`),
    ),
    droppedEventsCount: readUint32(json.droppedEventsCount, `${path}.droppedEventsCount`),
    links: readArray(json.links, `${path}.links`).map((link, index) =>
      readLink(link, `${path}.links[${index}]`),
    ),
    droppedLinksCount: readUint32(json.droppedLinksCount, `${path}.droppedLinksCount`),
    status: {
      code: readEnum(status.code, statusCodes, `${path}.status.code`),
      message: readString(status.message, `${path}.status.message`),
    },
  };
}

function readEvent(json: unknown, path: string): SpanEvent {
  const event = readObject(json, path);
  return {
    timeUnixNano: readUint64(event.timeUnixNano, `${path}.timeUnixNano`),
    name: readString(event.name, `${path}.name`),
    attributes: keyValuesFromJson(event.attributes, `${path}.attributes`),
    droppedAttributesCount: readUint32(event.droppedAttributesCount, `${path}.droppedAttributesCount`),
  };
}

function readLink(json: unknown, path: string): SpanLink {
  const link = readObject(json, path);
  return {
    traceId: readString(link.traceId, `${path}.traceId`).toLowerCase() || noTraceId,
    spanId: readString(link.spanId, `${path}.spanId`).toLowerCase() || noSpanId,
    traceState: readString(link.traceState, `${path}.traceState`),
    attributes: keyValuesFromJson(link.attributes, `${path}.attributes`),
    droppedAttributesCount: readUint32(link.droppedAttributesCount, `${path}.droppedAttributesCount`),
    flags: readUint32(link.flags, `${path}.flags`),
  };
}

const noTraceId = '0'.repeat(32);
const noSpanId = '0'.repeat(16);

/** As with protobuf: a link to nothing (no ids, or zeros) may carry attributes, one to no id at all spoils its span. */
function firstBadLink(links: readonly SpanLink[]): string | null {
  for (const [index, { traceId, spanId }] of links.entries()) {
    if (traceId !== noTraceId && parseTraceId(traceId) === null)
      return idReason(`links[${index}].traceId`, 32, traceId);
    if (spanId !== noSpanId && parseSpanId(spanId) === null)
      return idReason(`links[${index}].spanId`, 16, spanId);
  }
  return null;
}
