import type { AttributeValue } from '../attribute-value.ts';
import type { OtlpDecodeOptions, OtlpDecodeResult } from '../otlp/decode-json.ts';
import { isJsonObject, type JsonObject, readArray, readObject, readString } from '../otlp/json-reader.ts';
import { described, Malformed } from '../otlp/malformed.ts';
import { type Resource, type Span, type SpanEvent, SpanKind } from '../span.ts';
import { decodeAll, kindNamed, micros, paddedId, Rejected, takeScope, takeStatus } from './decoding.ts';

/**
 * Zipkin's v2 JSON: a list of spans, as posted, or a list of traces, as its API answers (zipkin.io/zipkin-api,
 * zipkin2-api.yaml). The two halves of a call that share an id stay two spans with one id, which the trace
 * tree knows how to join.
 */
export function decodeZipkinJson(json: unknown, options: OtlpDecodeOptions = {}): OtlpDecodeResult {
  const resources = new Resources();
  return decodeAll((keep) => {
    for (const [path, item] of spansOf(json)) {
      if (!isJsonObject(item)) throw new Malformed(path, `expected an object, got ${described(item)}`);
      keep(path, () => readSpan(item, path, { resources, projectId: options.defaultProjectId ?? '' }));
    }
  });
}

function spansOf(json: unknown): [path: string, span: unknown][] {
  if (json === null || json === undefined)
    throw new Malformed('', `expected an array, got ${described(json)}`);
  return readArray(json, '').flatMap((item, index): [string, unknown][] =>
    Array.isArray(item) ? item.map((span, inner) => [`[${index}][${inner}]`, span]) : [[`[${index}]`, item]],
  );
}

/** One resource per service. */
class Resources {
  readonly #known = new Map<string, Resource>();

  of(serviceName: string): Resource {
    const known = this.#known.get(serviceName);
    if (known !== undefined) return known;
    const attributes = new Map<string, AttributeValue>(
      serviceName === '' ? [] : [['service.name', serviceName]],
    );
    const resource = { attributes, droppedAttributesCount: 0, schemaUrl: '' };
    this.#known.set(serviceName, resource);
    return resource;
  }
}

interface Origin {
  readonly resources: Resources;
  readonly projectId: string;
}

function readSpan(span: JsonObject, path: string, { resources, projectId }: Origin): Span {
  const attributes = new Map<string, AttributeValue>();
  const local = readEndpoint(span.localEndpoint, `${path}.localEndpoint`);
  const remote = readEndpoint(span.remoteEndpoint, `${path}.remoteEndpoint`);
  addAddress(attributes, 'network.local', local);
  addAddress(attributes, 'network.peer', remote);
  if (remote.serviceName !== '') attributes.set('peer.service', remote.serviceName);
  for (const [key, value] of Object.entries(readObject(span.tags, `${path}.tags`))) {
    attributes.set(key, readString(value, `${path}.tags.${key}`));
  }
  if (span.timestamp === undefined) throw new Rejected('timestamp: missing');
  const startUnixNano = micros(span.timestamp, 'timestamp');
  const parent = span.parentId;
  return {
    projectId,
    traceId: paddedId(span.traceId, 32, 'traceId'),
    spanId: paddedId(span.id, 16, 'id'),
    parentSpanId:
      parent === undefined || parent === null || parent === '' ? null : paddedId(parent, 16, 'parentId'),
    traceState: '',
    flags: 0,
    name: readString(span.name, `${path}.name`),
    kind: kindNamed(readString(span.kind, `${path}.kind`)) ?? SpanKind.unspecified,
    startUnixNano,
    endUnixNano: startUnixNano + micros(span.duration ?? 0, 'duration'),
    status: takeStatus(attributes),
    scope: takeScope(attributes),
    attributes,
    droppedAttributesCount: 0,
    events: readArray(span.annotations, `${path}.annotations`).map((annotation, i) =>
      readAnnotation(annotation, `${path}.annotations[${i}]`),
    ),
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    resource: resources.of(local.serviceName),
  };
}

interface Endpoint {
  readonly serviceName: string;
  readonly address: string;
  readonly port: number;
}

function readEndpoint(json: unknown, path: string): Endpoint {
  const endpoint = readObject(json, path);
  const ipv4 = readString(endpoint.ipv4, `${path}.ipv4`);
  const { port } = endpoint;
  return {
    serviceName: readString(endpoint.serviceName, `${path}.serviceName`),
    address: ipv4 === '' ? readString(endpoint.ipv6, `${path}.ipv6`) : ipv4,
    port: typeof port === 'number' && Number.isInteger(port) ? port : 0,
  };
}

function addAddress(
  attributes: Map<string, AttributeValue>,
  prefix: string,
  { address, port }: Endpoint,
): void {
  if (address !== '') attributes.set(`${prefix}.address`, address);
  if (port > 0) attributes.set(`${prefix}.port`, BigInt(port));
}

function readAnnotation(json: unknown, path: string): SpanEvent {
  const annotation = readObject(json, path);
  return {
    timeUnixNano: micros(annotation.timestamp, 'annotations.timestamp'),
    name: readString(annotation.value, `${path}.value`),
    attributes: new Map(),
    droppedAttributesCount: 0,
  };
}
