import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import { type Span, type SpanEvent, type SpanKind, type SpanLink, StatusCode } from '../span.ts';
import { splitSpanName } from './ids.ts';
import { LabelName, MessageEventAttribute } from './label-names.ts';
import {
  type RpcStatus,
  type V2Attributes,
  type V2AttributeValue,
  type V2Link,
  V2LinkKind,
  type V2MessageEvent,
  V2MessageEventKind,
  type V2Span,
  V2StackTraceType,
  type V2TimeEvent,
  type V2TruncatableString,
} from './messages-v2.ts';
import { enumName, messageToJson } from './proto/json-encode.ts';
import { NO_SCOPE, type ServiceResources } from './service-resource.ts';

const NO_ATTRIBUTES: AttributeMap = new Map();
/** OTLP's span flags (opentelemetry-proto trace.proto): whether the parent is remote is known, and it is. */
export const PARENT_REMOTE_KNOWN = 0x100;
export const PARENT_REMOTE = 0x200;

/**
 * A v2 span that `v2SpanProblem` found nothing wrong with, as a span, which takes the message's maps over. What OpenTelemetry has no field for
 * becomes an attribute (`LabelName`), so nothing is lost.
 */
export function spanFromV2(v2: V2Span, resources: ServiceResources): Span {
  const name = splitSpanName(v2.name);
  const attributes = spanAttributes(v2);
  const startUnixNano = v2.startTime ?? 0n;
  return {
    projectId: name?.projectId ?? '',
    traceId: (name?.traceId ?? '').toLowerCase(),
    spanId: v2.spanId.toLowerCase(),
    parentSpanId: v2.parentSpanId === '' ? null : v2.parentSpanId.toLowerCase(),
    traceState: '',
    flags: remoteFlags(v2.sameProcessAsParentSpan),
    name: v2.displayName?.value ?? '',
    kind: v2.spanKind as SpanKind,
    startUnixNano,
    endUnixNano: v2.endTime ?? startUnixNano,
    attributes,
    droppedAttributesCount: v2.attributes?.droppedAttributesCount ?? 0,
    events: (v2.timeEvents?.timeEvent ?? []).map(eventFromV2),
    droppedEventsCount:
      (v2.timeEvents?.droppedAnnotationsCount ?? 0) + (v2.timeEvents?.droppedMessageEventsCount ?? 0),
    links: (v2.links?.link ?? []).map(linkFromV2),
    droppedLinksCount: v2.links?.droppedLinksCount ?? 0,
    status: statusFromV2(v2.status),
    resource: resources.of(attributes),
    scope: NO_SCOPE,
  };
}

function remoteFlags(sameProcess: boolean | null): number {
  if (sameProcess === null) return 0;
  return sameProcess ? PARENT_REMOTE_KNOWN : PARENT_REMOTE_KNOWN | PARENT_REMOTE;
}

function spanAttributes(v2: V2Span): AttributeMap {
  const cut = truncatedCounts(v2);
  const attributes = attributesFromV2(v2.attributes);
  if (v2.stackTrace !== null) {
    attributes.set(LabelName.stackTrace, JSON.stringify(messageToJson(V2StackTraceType, v2.stackTrace)));
  }
  if (v2.childSpanCount !== null) attributes.set(LabelName.childSpanCount, BigInt(v2.childSpanCount));
  setStatusAttributes(v2.status, attributes);
  if (cut.size > 0) attributes.set(LabelName.truncatedByteCounts, cut);
  return attributes;
}

/** The code only where it says more than ok or error does. */
function setStatusAttributes(status: RpcStatus | null, attributes: Map<string, AttributeValue>): void {
  if (status === null) return;
  if (status.code !== 0 && status.code !== 2) attributes.set(LabelName.statusCode, BigInt(status.code));
  if (status.details.length === 0) return;
  const details = status.details.map(({ typeUrl, json }) => json ?? { '@type': typeUrl });
  attributes.set(LabelName.statusDetails, JSON.stringify(details));
}

function truncatedCounts(v2: V2Span): Map<string, bigint> {
  const counts = new Map<string, bigint>();
  const add = (field: string, text: V2TruncatableString | null) => {
    if (text !== null && text.truncatedByteCount > 0) counts.set(field, BigInt(text.truncatedByteCount));
  };
  const addAttributes = (prefix: string, attributes: V2Attributes | null) => {
    for (const [key, value] of attributes?.attributeMap ?? []) add(`${prefix}${key}`, value.stringValue);
  };
  add('display_name', v2.displayName);
  addAttributes('attributes.', v2.attributes);
  v2.timeEvents?.timeEvent.forEach(({ annotation }, index) => {
    add(`time_events[${index}].description`, annotation?.description ?? null);
    addAttributes(`time_events[${index}].attributes.`, annotation?.attributes ?? null);
  });
  v2.links?.link.forEach((link, index) => {
    addAttributes(`links[${index}].attributes.`, link.attributes);
  });
  return counts;
}

/** The same map with other values: a second one would be half of all that a span allocates. */
function attributesFromV2(attributes: V2Attributes | null): Map<string, AttributeValue> {
  const map: Map<string, V2AttributeValue | AttributeValue> = attributes?.attributeMap ?? new Map();
  for (const [key, value] of map) map.set(key, valueFromV2(value as V2AttributeValue));
  return map as Map<string, AttributeValue>;
}

function valueFromV2({ stringValue, intValue, boolValue }: V2AttributeValue): AttributeValue {
  return stringValue === null ? (intValue ?? boolValue) : stringValue.value;
}

function eventFromV2({ time, annotation, messageEvent }: V2TimeEvent): SpanEvent {
  const timeUnixNano = time ?? 0n;
  if (messageEvent !== null) {
    const attributes = messageEventAttributes(messageEvent);
    return { timeUnixNano, name: MessageEventAttribute.eventName, attributes, droppedAttributesCount: 0 };
  }
  return {
    timeUnixNano,
    name: annotation?.description?.value ?? '',
    attributes: annotation?.attributes ? attributesFromV2(annotation.attributes) : NO_ATTRIBUTES,
    droppedAttributesCount: annotation?.attributes?.droppedAttributesCount ?? 0,
  };
}

function messageEventAttributes(event: V2MessageEvent): AttributeMap {
  const { type, id, compressedSize, uncompressedSize } = MessageEventAttribute;
  return new Map<string, AttributeValue>([
    [type, String(enumName(V2MessageEventKind, event.type))],
    [id, event.id],
    [uncompressedSize, event.uncompressedSizeBytes],
    [compressedSize, event.compressedSizeBytes],
  ]);
}

function linkFromV2(link: V2Link): SpanLink {
  const attributes = attributesFromV2(link.attributes);
  if (link.type !== 0) attributes.set(LabelName.linkType, String(enumName(V2LinkKind, link.type)));
  return {
    traceId: link.traceId.toLowerCase(),
    spanId: link.spanId.toLowerCase(),
    traceState: '',
    attributes,
    droppedAttributesCount: link.attributes?.droppedAttributesCount ?? 0,
    flags: 0,
  };
}

function statusFromV2(status: RpcStatus | null): Span['status'] {
  if (status === null) return { code: StatusCode.unset, message: '' };
  return { code: status.code === 0 ? StatusCode.ok : StatusCode.error, message: status.message };
}
