import type { CloudTraceLimits } from './limits.ts';
import type { V2Attributes, V2Span, V2StackTrace, V2TimeEvent, V2TruncatableString } from './messages-v2.ts';
import { truncateUtf8, utf8Length } from './truncate.ts';

/**
 * Cuts a span, in place, to what Google keeps, and counts what went: strings on a character's border, the
 * first attributes, events, links and frames stay. (Which attributes Google keeps is not determined.)
 */
export function limitV2Span(span: V2Span, limits: CloudTraceLimits): void {
  limitString(span.displayName, limits.nameBytes);
  limitAttributes(span.attributes, limits.attributes, limits);
  if (span.timeEvents !== null) {
    const { timeEvents } = span;
    const kept = keepEvents(timeEvents.timeEvent, limits);
    timeEvents.droppedAnnotationsCount += kept.droppedAnnotations;
    timeEvents.droppedMessageEventsCount += kept.droppedMessageEvents;
    timeEvents.timeEvent = kept.events;
    for (const { annotation } of kept.events) {
      limitString(annotation?.description ?? null, limits.annotationBytes);
      limitAttributes(annotation?.attributes ?? null, limits.annotationAttributes, limits);
    }
  }
  if (span.links !== null) {
    span.links.droppedLinksCount += cut(span.links.link, limits.links);
    for (const link of span.links.link) limitAttributes(link.attributes, limits.linkAttributes, limits);
  }
  limitStack(span.stackTrace, limits);
}

function limitString(text: V2TruncatableString | null, maxBytes: number): void {
  if (text === null) return;
  const { text: kept, cutBytes } = truncateUtf8(text.value, maxBytes);
  if (cutBytes === 0) return;
  text.value = kept;
  text.truncatedByteCount += cutBytes;
}

function limitAttributes(attributes: V2Attributes | null, most: number, limits: CloudTraceLimits): void {
  if (attributes === null) return;
  let kept = 0;
  for (const [key, { stringValue }] of attributes.attributeMap) {
    if (kept >= most || (key.length * 3 > limits.keyBytes && utf8Length(key) > limits.keyBytes)) {
      attributes.attributeMap.delete(key);
      attributes.droppedAttributesCount++;
      continue;
    }
    kept++;
    limitString(stringValue, limits.valueBytes);
  }
}

function keepEvents(events: V2TimeEvent[], limits: CloudTraceLimits) {
  if (events.length <= Math.min(limits.annotations, limits.messageEvents)) {
    return { events, droppedAnnotations: 0, droppedMessageEvents: 0 };
  }
  let annotations = 0;
  let messageEvents = 0;
  const kept = events.filter(({ messageEvent }) =>
    messageEvent === null ? annotations++ < limits.annotations : messageEvents++ < limits.messageEvents,
  );
  return {
    events: kept,
    droppedAnnotations: Math.max(0, annotations - limits.annotations),
    droppedMessageEvents: Math.max(0, messageEvents - limits.messageEvents),
  };
}

function limitStack(stack: V2StackTrace | null, limits: CloudTraceLimits): void {
  const frames = stack?.stackFrames;
  if (frames === null || frames === undefined) return;
  frames.droppedFramesCount += cut(frames.frame, limits.stackFrames);
  for (const frame of frames.frame) {
    limitString(frame.functionName, limits.functionNameBytes);
    limitString(frame.originalFunctionName, limits.functionNameBytes);
    limitString(frame.fileName, limits.fileNameBytes);
    limitString(frame.loadModule?.module ?? null, limits.moduleBytes);
    limitString(frame.loadModule?.buildId ?? null, limits.buildIdBytes);
    limitString(frame.sourceVersion, limits.buildIdBytes);
  }
}

/** Shortens a list and says by how much. */
function cut(list: unknown[], most: number): number {
  const dropped = Math.max(0, list.length - most);
  list.length -= dropped;
  return dropped;
}
