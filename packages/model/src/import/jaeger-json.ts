import type { AttributeValue } from '../attribute-value.ts';
import { fromPlain, type PlainJson } from '../attributes/attribute-json.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { doubleFromText } from '../otlp/any-value-json.ts';
import type { OtlpDecodeOptions, OtlpDecodeResult } from '../otlp/decode-json.ts';
import { isJsonObject, type JsonObject, readArray, readObject, readString } from '../otlp/json-reader.ts';
import { type Resource, type Span, type SpanEvent, SpanKind, type SpanLink } from '../span.ts';
import { decodeAll, kindNamed, micros, paddedId, takeScope, takeStatus, takeText } from './decoding.ts';

/**
 * Jaeger's JSON: `{ "data": [trace, ...] }` as its UI exports and its API answers, one trace, or a list
 * (jaegertracing/jaeger, internal/uimodel/model.go). Tags that stand for OpenTelemetry's own fields become
 * them (opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger): kind, status, scope, trace state.
 */
export function decodeJaegerJson(json: unknown, options: OtlpDecodeOptions = {}): OtlpDecodeResult {
  return decodeAll((keep) => {
    for (const [path, trace] of tracesOf(json)) {
      const processes = readProcesses(trace, path);
      readArray(trace.spans, `${path}spans`).forEach((item, index) => {
        const at = `${path}spans[${index}]`;
        const span = readObject(item, at);
        keep(at, () => readSpan(span, at, { processes, projectId: options.defaultProjectId ?? '' }));
      });
    }
  });
}

function tracesOf(json: unknown): [path: string, trace: JsonObject][] {
  const isAnswer = isJsonObject(json) && 'data' in json;
  const data = isAnswer ? json.data : json;
  const prefix = isAnswer ? 'data' : '';
  if (!Array.isArray(data)) return [[prefix === '' ? '' : `${prefix}.`, readObject(data, prefix)]];
  return data.map((trace, index) => [`${prefix}[${index}].`, readObject(trace, `${prefix}[${index}]`)]);
}

function readProcesses(trace: JsonObject, path: string): Map<string, Resource> {
  const processes = Object.entries(readObject(trace.processes, `${path}processes`));
  return new Map(processes.map(([id, process]) => [id, readProcess(process, `${path}processes.${id}`)]));
}

function readProcess(json: unknown, path: string): Resource {
  const process = readObject(json, path);
  const service = readString(process.serviceName, `${path}.serviceName`);
  const attributes = new Map<string, AttributeValue>(service === '' ? [] : [['service.name', service]]);
  for (const [key, value] of readTags(process.tags, `${path}.tags`)) attributes.set(key, value);
  return { attributes, droppedAttributesCount: 0, schemaUrl: '' };
}

const noProcess: Resource = { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' };

interface Origin {
  readonly processes: ReadonlyMap<string, Resource>;
  readonly projectId: string;
}

function readSpan(span: JsonObject, path: string, { processes, projectId }: Origin): Span {
  const traceId = paddedId(span.traceID, 32, 'traceID');
  const attributes = readTags(span.tags, `${path}.tags`);
  const { parentSpanId, links } = readReferences(span, path, traceId);
  const startUnixNano = micros(span.startTime, 'startTime');
  const resource = isJsonObject(span.process)
    ? readProcess(span.process, `${path}.process`)
    : (processes.get(readString(span.processID, `${path}.processID`)) ?? noProcess);
  const kind = kindNamed(takeText(attributes, 'span.kind') ?? '') ?? SpanKind.unspecified;
  const traceState = takeText(attributes, 'w3c.tracestate') ?? '';
  return {
    projectId,
    traceId,
    spanId: paddedId(span.spanID, 16, 'spanID'),
    parentSpanId,
    traceState,
    flags: typeof span.flags === 'number' ? span.flags & 1 : 0,
    name: readString(span.operationName, `${path}.operationName`),
    kind,
    startUnixNano,
    endUnixNano: startUnixNano + micros(span.duration ?? 0, 'duration'),
    status: takeStatus(attributes),
    scope: takeScope(attributes),
    attributes,
    droppedAttributesCount: 0,
    events: readArray(span.logs, `${path}.logs`).map((log, i) => readLog(log, `${path}.logs[${i}]`)),
    droppedEventsCount: 0,
    links,
    droppedLinksCount: 0,
    resource,
  };
}

/** The parent is the first CHILD_OF, else the first FOLLOWS_FROM, of the same trace; the rest are links. */
function readReferences(span: JsonObject, path: string, traceId: string) {
  const references = readArray(span.references, `${path}.references`).map((item, index) => {
    const reference = readObject(item, `${path}.references[${index}]`);
    return {
      type: reference.refType,
      traceId: paddedId(reference.traceID, 32, `references[${index}].traceID`),
      spanId: paddedId(reference.spanID, 16, `references[${index}].spanID`),
    };
  });
  const own = references.filter((reference) => reference.traceId === traceId);
  const parent = own.find(({ type }) => type === 'CHILD_OF') ?? own[0];
  const legacyParent = span.parentSpanID;
  const links = references.filter((reference) => reference !== parent).map((reference) => toLink(reference));
  if (parent !== undefined) return { parentSpanId: parent.spanId, links };
  const hasLegacy = typeof legacyParent === 'string' && /[1-9a-f]/i.test(legacyParent);
  return { parentSpanId: hasLegacy ? paddedId(legacyParent, 16, 'parentSpanID') : null, links };
}

function toLink({ traceId, spanId, type }: { traceId: string; spanId: string; type: unknown }): SpanLink {
  const kind = type === 'CHILD_OF' ? 'child_of' : 'follows_from';
  const attributes = new Map([['opentracing.ref_type', kind]]);
  return { traceId, spanId, traceState: '', attributes, droppedAttributesCount: 0, flags: 0 };
}

function readLog(json: unknown, path: string): SpanEvent {
  const log = readObject(json, path);
  const attributes = readTags(log.fields, `${path}.fields`);
  return {
    timeUnixNano: micros(log.timestamp, 'logs.timestamp'),
    name: takeText(attributes, 'event') ?? '',
    attributes,
    droppedAttributesCount: 0,
  };
}

function readTags(json: unknown, path: string): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  readArray(json, path).forEach((item, index) => {
    const tag = readObject(item, `${path}[${index}]`);
    attributes.set(readString(tag.key, `${path}[${index}].key`), tagValue(tag.type, tag.value));
  });
  return attributes;
}

/** By the tag's type; a value that does not fit it is taken for what it is. */
function tagValue(type: unknown, value: unknown): AttributeValue {
  if (type === 'int64') return toInt(value) ?? untyped(value);
  if (type === 'float64') return toDouble(value) ?? untyped(value);
  if (type === 'bool' && (value === 'true' || value === 'false')) return value === 'true';
  if (type === 'binary' && typeof value === 'string') return decodeBase64(value) ?? value;
  return untyped(value);
}

function toInt(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}

function toDouble(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' ? doubleFromText(value) : null;
}

function untyped(value: unknown): AttributeValue {
  return typeof value === 'bigint' ? value : (fromPlain((value ?? null) as PlainJson) ?? null);
}
