import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import { type Span, type SpanEvent, type SpanLink, StatusCode } from '../span.ts';
import { formatSpanName } from './ids.ts';
import { LabelName, MessageEventAttribute } from './label-names.ts';
import { labelText } from './label-text.ts';
import {
  type RpcStatus,
  RpcStatusType,
  type V2Attributes,
  type V2AttributeValue,
  type V2Link,
  V2LinkKind,
  V2MessageEventKind,
  type V2Span,
  type V2StackTrace,
  V2StackTraceType,
  type V2TimeEvent,
  type V2TruncatableString,
} from './messages-v2.ts';
import { messageFromJson } from './proto/json-decode.ts';
import { PARENT_REMOTE, PARENT_REMOTE_KNOWN } from './v2-to-span.ts';

/** Attributes that stand in fields of their own in v2. */
const FIELD_ATTRIBUTES: ReadonlySet<string> = new Set([
  LabelName.stackTrace,
  LabelName.childSpanCount,
  LabelName.statusCode,
  LabelName.statusDetails,
  LabelName.truncatedByteCounts,
]);

/**
 * A span as v2 has it. v2 has no doubles and no lists: whole doubles become integers, everything else text.
 * Resource and scope are not in it.
 */
export function v2FromSpan(span: Span): V2Span {
  const cut = truncatedCounts(span.attributes);
  const attributes = (map: AttributeMap, dropped: number, prefix: string) =>
    attributesToV2(map, dropped, (key) => cut(`${prefix}${key}`));
  return {
    name: formatSpanName(span.projectId, span.traceId, span.spanId),
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    displayName: truncatable(span.name, cut('display_name')),
    startTime: span.startUnixNano,
    endTime: span.endUnixNano,
    attributes: attributes(span.attributes, span.droppedAttributesCount, 'attributes.'),
    stackTrace: stackOf(span.attributes),
    timeEvents: timeEventsToV2(span, cut),
    links: {
      link: span.links.map((link, index) =>
        linkToV2(link, (key) => cut(`links[${index}].attributes.${key}`)),
      ),
      droppedLinksCount: span.droppedLinksCount,
    },
    status: statusToV2(span),
    sameProcessAsParentSpan:
      (span.flags & PARENT_REMOTE_KNOWN) === 0 ? null : (span.flags & PARENT_REMOTE) === 0,
    childSpanCount: childSpanCount(span.attributes),
    spanKind: span.kind,
  };
}

type CutBytes = (field: string) => number;

function truncatedCounts(attributes: AttributeMap): CutBytes {
  const counts = attributes.get(LabelName.truncatedByteCounts);
  return (field) => (counts instanceof Map ? Number(counts.get(field) ?? 0) : 0);
}

const truncatable = (value: string, truncatedByteCount: number): V2TruncatableString => ({
  value,
  truncatedByteCount,
});

function attributesToV2(map: AttributeMap, droppedAttributesCount: number, cut: CutBytes): V2Attributes {
  const attributeMap = new Map<string, V2AttributeValue>();
  for (const [key, value] of map) {
    if (!FIELD_ATTRIBUTES.has(key)) attributeMap.set(key, valueToV2(value, cut(key)));
  }
  return { attributeMap, droppedAttributesCount };
}

function valueToV2(value: AttributeValue, cutBytes: number): V2AttributeValue {
  if (typeof value === 'boolean') return { stringValue: null, intValue: null, boolValue: value };
  const whole = typeof value === 'number' && Number.isSafeInteger(value);
  if (typeof value === 'bigint' || whole) {
    return { stringValue: null, intValue: BigInt(value), boolValue: null };
  }
  return { stringValue: truncatable(labelText(value), cutBytes), intValue: null, boolValue: null };
}

function timeEventsToV2(span: Span, cut: CutBytes): V2Span['timeEvents'] {
  return {
    timeEvent: span.events.map((event, index) =>
      eventToV2(event, (field) => cut(`time_events[${index}].${field}`)),
    ),
    droppedAnnotationsCount: span.droppedEventsCount,
    droppedMessageEventsCount: 0,
  };
}

function eventToV2(event: SpanEvent, cut: CutBytes): V2TimeEvent {
  const { eventName, type, id, compressedSize, uncompressedSize } = MessageEventAttribute;
  const kind = event.attributes.get(type);
  if (
    event.name === eventName &&
    typeof kind === 'string' &&
    Object.hasOwn(V2MessageEventKind.numbers, kind)
  ) {
    const number = (key: string) => integer(event.attributes.get(key));
    const messageEvent = {
      type: V2MessageEventKind.numbers[kind as keyof typeof V2MessageEventKind.numbers],
      id: number(id),
      uncompressedSizeBytes: number(uncompressedSize),
      compressedSizeBytes: number(compressedSize),
    };
    return { time: event.timeUnixNano, annotation: null, messageEvent };
  }
  const annotation = {
    description: truncatable(event.name, cut('description')),
    attributes: attributesToV2(event.attributes, event.droppedAttributesCount, (key) =>
      cut(`attributes.${key}`),
    ),
  };
  return { time: event.timeUnixNano, annotation, messageEvent: null };
}

const integer = (value: AttributeValue | undefined) => (typeof value === 'bigint' ? value : 0n);

function linkToV2(link: SpanLink, cut: CutBytes): V2Link {
  const attributes = attributesToV2(link.attributes, link.droppedAttributesCount, cut);
  const kind = link.attributes.get(LabelName.linkType);
  const known = typeof kind === 'string' && Object.hasOwn(V2LinkKind.numbers, kind);
  if (known) attributes.attributeMap.delete(LabelName.linkType);
  const type = known ? V2LinkKind.numbers[kind as keyof typeof V2LinkKind.numbers] : 0;
  return { traceId: link.traceId, spanId: link.spanId, type, attributes };
}

/** `UNKNOWN` (2) is what Google's exporter sends for an error without a code. */
function statusToV2({ status, attributes }: Span): RpcStatus | null {
  if (status.code === StatusCode.unset) return null;
  const code = status.code === StatusCode.ok ? 0 : Number(attributes.get(LabelName.statusCode) ?? 2);
  return { code, message: status.message, details: detailsOf(attributes) };
}

function detailsOf(attributes: AttributeMap): RpcStatus['details'] {
  const details = jsonOf(attributes.get(LabelName.statusDetails));
  if (!Array.isArray(details)) return [];
  const read = messageFromJson(RpcStatusType, { details });
  return read.ok ? read.value.details : [];
}

function stackOf(attributes: AttributeMap): V2StackTrace | null {
  const read = messageFromJson(V2StackTraceType, jsonOf(attributes.get(LabelName.stackTrace)));
  return read.ok ? read.value : null;
}

function childSpanCount(attributes: AttributeMap): number | null {
  const count = attributes.get(LabelName.childSpanCount);
  return typeof count === 'bigint' ? Number(count) : null;
}

function jsonOf(text: AttributeValue | undefined): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // written by somebody else: it stays what it is, an attribute
  }
}
