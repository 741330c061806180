import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import { ProtobufWriter } from '../encoding/protobuf-writer.ts';
import type { Span, SpanEvent, SpanLink } from '../span.ts';
import { groupSpans, type ResourceGroup, type ScopeGroup } from './group-spans.ts';

/**
 * Spans as an `ExportTraceServiceRequest` in protobuf, grouped by resource and scope; exact for every value.
 * Field numbers: opentelemetry-proto 1.x, collector/trace/v1, trace/v1, resource/v1 and common/v1.
 */
export function encodeOtlpProtobuf(spans: readonly Span[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const group of groupSpans(spans)) writer.message(1, () => writeResourceSpans(writer, group));
  return writer.finish();
}

function writeResourceSpans(writer: ProtobufWriter, { resource, scopes }: ResourceGroup): void {
  writer.message(1, () => {
    writeAttributes(writer, 1, resource.attributes);
    writeCount(writer, 2, resource.droppedAttributesCount);
  });
  for (const group of scopes) writer.message(2, () => writeScopeSpans(writer, group));
  writeText(writer, 3, resource.schemaUrl);
}

function writeScopeSpans(writer: ProtobufWriter, { scope, spans }: ScopeGroup): void {
  writer.message(1, () => {
    writeText(writer, 1, scope.name);
    writeText(writer, 2, scope.version);
    writeAttributes(writer, 3, scope.attributes);
    writeCount(writer, 4, scope.droppedAttributesCount);
  });
  for (const span of spans) writer.message(2, () => writeSpan(writer, span));
  writeText(writer, 3, scope.schemaUrl);
}

function writeSpan(writer: ProtobufWriter, span: Span): void {
  writer.hex(1, span.traceId);
  writer.hex(2, span.spanId);
  writeText(writer, 3, span.traceState);
  if (span.parentSpanId !== null) writer.hex(4, span.parentSpanId);
  writeText(writer, 5, span.name);
  writeCount(writer, 6, span.kind);
  writer.fixed64(7, span.startUnixNano);
  writer.fixed64(8, span.endUnixNano);
  writeAttributes(writer, 9, span.attributes);
  writeCount(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) writer.message(11, () => writeEvent(writer, event));
  writeCount(writer, 12, span.droppedEventsCount);
  for (const link of span.links) writer.message(13, () => writeLink(writer, link));
  writeCount(writer, 14, span.droppedLinksCount);
  if (span.status.code !== 0 || span.status.message !== '') {
    writer.message(15, () => {
      writeText(writer, 2, span.status.message);
      writeCount(writer, 3, span.status.code);
    });
  }
  if (span.flags !== 0) writer.fixed32(16, span.flags);
}

function writeEvent(writer: ProtobufWriter, event: SpanEvent): void {
  writer.fixed64(1, event.timeUnixNano);
  writeText(writer, 2, event.name);
  writeAttributes(writer, 3, event.attributes);
  writeCount(writer, 4, event.droppedAttributesCount);
}

function writeLink(writer: ProtobufWriter, link: SpanLink): void {
  writer.hex(1, link.traceId);
  writer.hex(2, link.spanId);
  writeText(writer, 3, link.traceState);
  writeAttributes(writer, 4, link.attributes);
  writeCount(writer, 5, link.droppedAttributesCount);
  if (link.flags !== 0) writer.fixed32(6, link.flags);
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: AttributeMap): void {
  for (const [key, value] of attributes) {
    writer.message(field, () => {
      writeText(writer, 1, key);
      writer.message(2, () => writeValue(writer, value));
    });
  }
}

/** The fields of `AnyValue`; its oneof is written even where it holds a default. */
function writeValue(writer: ProtobufWriter, value: AttributeValue): void {
  switch (typeof value) {
    case 'string':
      writer.string(1, value);
      break;
    case 'boolean':
      writer.varint(2, value ? 1 : 0);
      break;
    case 'bigint':
      writer.varint(3, value);
      break;
    case 'number':
      writer.double(4, value);
      break;
    default:
      writeCompound(writer, value);
  }
}

function writeCompound(
  writer: ProtobufWriter,
  value: Uint8Array | null | readonly AttributeValue[] | AttributeMap,
): void {
  if (value === null) return;
  if (value instanceof Uint8Array) writer.bytes(7, value);
  else if (value instanceof Map) writer.message(6, () => writeAttributes(writer, 1, value));
  else {
    const items = value as readonly AttributeValue[];
    writer.message(5, () => {
      for (const item of items) writer.message(1, () => writeValue(writer, item));
    });
  }
}

function writeText(writer: ProtobufWriter, field: number, text: string): void {
  if (text !== '') writer.string(field, text);
}

function writeCount(writer: ProtobufWriter, field: number, count: number): void {
  if (count !== 0) writer.varint(field, count);
}
