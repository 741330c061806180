import type { AttributeMap } from '../attribute-value.ts';
import { type AttributesJson, attributesFromJson } from '../attributes/attribute-json.ts';
import { ModelError } from '../model-error.ts';
import type { OtlpDecodeOptions, OtlpDecodeResult } from '../otlp/decode-json.ts';
import { type JsonObject, readArray, readObject, readString, readUint32 } from '../otlp/json-reader.ts';
import { described, Malformed } from '../otlp/malformed.ts';
import {
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
  SpanKind,
  type SpanLink,
  StatusCode,
} from '../span.ts';
import { parseTimestamp } from '../timestamp.ts';
import { decodeAll, kindNamed, paddedId, Rejected } from './decoding.ts';

/** A trace as this project's own REST API answers it: `{ "trace_id", "project_id", "spans": [...] }`, snake_case. */
export function decodeApiJson(json: unknown, options: OtlpDecodeOptions = {}): OtlpDecodeResult {
  return decodeAll((keep) => {
    const trace = readObject(json, '');
    const origins = new Origins();
    readArray(trace.spans, 'spans').forEach((item, index) => {
      const path = `spans[${index}]`;
      const span = readObject(item, path);
      const projectId = span.project_id ?? trace.project_id ?? options.defaultProjectId;
      keep(path, () => readSpan(span, path, { origins, projectId, traceId: trace.trace_id }));
    });
  });
}

/** The same object for equal resources and for equal scopes, which the API repeats with every span. */
class Origins {
  readonly #known = new Map<string, Resource & Scope>();

  of(json: unknown, path: string): Resource & Scope {
    const key = JSON.stringify(json) ?? '';
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fields = readObject(json, path);
    const origin = {
      name: readString(fields.name, `${path}.name`),
      version: readString(fields.version, `${path}.version`),
      ...readAttributes(fields, path),
      schemaUrl: readString(fields.schema_url, `${path}.schema_url`),
    };
    this.#known.set(key, origin);
    return origin;
  }

  resource(json: unknown, path: string): Resource {
    const { attributes, droppedAttributesCount, schemaUrl } = this.of(json, path);
    return { attributes, droppedAttributesCount, schemaUrl };
  }
}

interface Context {
  readonly origins: Origins;
  readonly projectId: unknown;
  readonly traceId: unknown;
}

function readSpan(span: JsonObject, path: string, { origins, projectId, traceId }: Context): Span {
  const parent = span.parent_span_id;
  const status = readObject(span.status, `${path}.status`);
  return {
    projectId: readString(projectId, `${path}.project_id`),
    traceId: paddedId(traceId, 32, 'trace_id'),
    spanId: paddedId(span.span_id, 16, 'span_id'),
    parentSpanId: parent === null || parent === undefined ? null : paddedId(parent, 16, 'parent_span_id'),
    traceState: readString(span.trace_state, `${path}.trace_state`),
    flags: readUint32(span.flags, `${path}.flags`),
    name: readString(span.name, `${path}.name`),
    kind: kindNamed(readString(span.kind, `${path}.kind`)) ?? SpanKind.unspecified,
    startUnixNano: readTime(span.start_time, 'start_time'),
    endUnixNano: readTime(span.end_time, 'end_time'),
    ...readAttributes(span, path),
    events: readArray(span.events, `${path}.events`).map((event, i) =>
      readEvent(event, `${path}.events[${i}]`),
    ),
    droppedEventsCount: readUint32(span.dropped_events_count, `${path}.dropped_events_count`),
    links: readArray(span.links, `${path}.links`).map((link, i) => readLink(link, `${path}.links[${i}]`)),
    droppedLinksCount: readUint32(span.dropped_links_count, `${path}.dropped_links_count`),
    status: {
      code: readStatusCode(status.code),
      message: readString(status.message, `${path}.status.message`),
    },
    resource: origins.resource(span.resource, `${path}.resource`),
    scope: origins.of(span.scope, `${path}.scope`),
  };
}

function readStatusCode(code: unknown): StatusCode {
  return code === StatusCode.ok || code === StatusCode.error ? code : StatusCode.unset;
}

function readTime(value: unknown, field: string): bigint {
  const time = typeof value === 'string' ? parseTimestamp(value) : null;
  if (time === null || time < 0n || time >= 2n ** 64n) {
    throw new Rejected(`${field}: expected a time as RFC 3339, got ${described(value)}`);
  }
  return time;
}

function readEvent(json: unknown, path: string): SpanEvent {
  const event = readObject(json, path);
  return {
    name: readString(event.name, `${path}.name`),
    timeUnixNano: readTime(event.time, 'events.time'),
    ...readAttributes(event, path),
  };
}

function readLink(json: unknown, path: string): SpanLink {
  const link = readObject(json, path);
  return {
    traceId: paddedId(link.trace_id, 32, 'links.trace_id'),
    spanId: paddedId(link.span_id, 16, 'links.span_id'),
    traceState: readString(link.trace_state, `${path}.trace_state`),
    flags: readUint32(link.flags, `${path}.flags`),
    ...readAttributes(link, path),
  };
}

function readAttributes(
  json: JsonObject,
  path: string,
): { readonly attributes: AttributeMap; readonly droppedAttributesCount: number } {
  const plain = {
    attributes: readObject(json.attributes, `${path}.attributes`),
    attribute_types: readObject(json.attribute_types, `${path}.attribute_types`),
  };
  try {
    return {
      attributes: attributesFromJson(plain as unknown as AttributesJson),
      droppedAttributesCount: readUint32(json.dropped_attributes_count, `${path}.dropped_attributes_count`),
    };
  } catch (error) {
    if (error instanceof ModelError) throw new Malformed(`${path}.attributes`, error.message);
    throw error;
  }
}
