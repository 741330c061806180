import type { SpanContext } from '@opentelemetry/api';
import { stateText } from '../propagation/trace-state.ts';
import { epochOf, epochWordsOf } from '../tracer/clock.ts';
import type { RecordingSpan, SpanEventRecord, SpanExtras, SpanLinkRecord } from '../tracer/span.ts';
import { writeKeyValue } from './any-value.ts';
import type { PreviousSpan } from './previous-span.ts';
import type { ProtoWriter } from './proto-writer.ts';

/** Tags of opentelemetry-proto trace.proto: `ScopeSpans.spans`, then the fields of `Span`. */
const SPANS = 0x12;
const TRACE_ID = 0x0a;
const SPAN_ID = 0x12;
const TRACE_STATE = 0x1a;
const PARENT_SPAN_ID = 0x22;
const NAME = 0x2a;
const KIND = 0x30;
const START = 0x39;
const END = 0x41;
export const ATTRIBUTES = 0x4a;
const DROPPED_ATTRIBUTES = 0x50;
const EVENTS = 0x5a;
const DROPPED_EVENTS = 0x60;
const LINKS = 0x6a;
const DROPPED_LINKS = 0x70;
const STATUS = 0x7a;
const FLAGS = [0x85, 0x01] as const;

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** One span as an element of `ScopeSpans.spans`, tag and length included. */
export function writeSpan(out: ProtoWriter, span: RecordingSpan, previous: PreviousSpan): void {
  out.byte(SPANS);
  const start = out.openLong();
  writeIdentity(out, span, previous);
  writeTimes(out, span);
  span.writeOwnAttributes(out, previous.traceIdAt);
  previous.writeAttributes(out, span.pairs);
  if (span.more !== null) writeExtras(out, span.more);
  writeStatus(out, span);
  out.byte(FLAGS[0]);
  out.byte(FLAGS[1]);
  out.fixed32(flagsOf(span.traceFlags, span.parentIsRemote));
  const end = out.position;
  out.closeLong(start);
  previous.moveBy(out.position - end);
}

function writeIdentity(out: ProtoWriter, span: RecordingSpan, previous: PreviousSpan): void {
  out.byte(TRACE_ID);
  out.byte(span.trace.digits.length >>> 1);
  previous.writeTraceId(out, span.trace);
  writeSpanId(out, SPAN_ID, span.idHigh, span.idLow);
  if (span.traceState !== undefined) writeText(out, TRACE_STATE, stateText(span.traceState));
  if (span.hasParent) writeSpanId(out, PARENT_SPAN_ID, span.parentHigh, span.parentLow);
  writeText(out, NAME, span.name);
  out.byte(KIND);
  out.byte(span.kind + 1);
}

function writeTimes(out: ProtoWriter, span: RecordingSpan): void {
  const { more } = span;
  if (more !== null && (more.startTime !== null || more.endTime !== null)) {
    writeGivenTimes(out, span);
    return;
  }
  // The monotonic clock never runs backwards.
  out.byte(START);
  writeMonotonic(out, span.startMs);
  out.byte(END);
  writeMonotonic(out, span.endMs);
}

function writeMonotonic(out: ProtoWriter, ms: number): void {
  const words = epochWordsOf(ms);
  out.fixed64(words[0] | 0, words[1] | 0);
}

/** A span that ended before it began lasts nothing. */
function writeGivenTimes(out: ProtoWriter, span: RecordingSpan): void {
  const start = span.more?.startTime ?? epochOf(span.startMs);
  const [startSeconds, startNanos] = [start[0], start[1]];
  const end = span.more?.endTime ?? epochOf(span.endMs);
  const backwards = end[0] < startSeconds || (end[0] === startSeconds && end[1] < startNanos);
  out.byte(START);
  out.fixed64Time(startSeconds, startNanos);
  out.byte(END);
  out.fixed64Time(backwards ? startSeconds : end[0], backwards ? startNanos : end[1]);
}

function writeExtras(out: ProtoWriter, extras: SpanExtras): void {
  writeCount(out, DROPPED_ATTRIBUTES, extras.droppedAttributesCount);
  for (const event of extras.events) writeEvent(out, event);
  writeCount(out, DROPPED_EVENTS, extras.droppedEventsCount);
  for (const link of extras.links) writeLink(out, link);
  writeCount(out, DROPPED_LINKS, extras.droppedLinksCount);
}

function writeEvent(out: ProtoWriter, event: SpanEventRecord): void {
  out.byte(EVENTS);
  const start = out.open();
  out.byte(0x09);
  if (event.time === null) writeMonotonic(out, event.timeMs);
  else out.fixed64Time(event.time[0], event.time[1]);
  writeText(out, 0x12, event.name);
  writePairs(out, 0x1a, event.pairs);
  writeCount(out, 0x20, event.dropped);
  out.close(start);
}

function writeLink(out: ProtoWriter, link: SpanLinkRecord): void {
  const context: SpanContext = link.context;
  out.byte(LINKS);
  const start = out.open();
  writeId(out, 0x0a, context.traceId);
  writeId(out, 0x12, context.spanId);
  if (context.traceState !== undefined) writeText(out, 0x1a, stateText(context.traceState));
  writePairs(out, 0x22, link.pairs);
  writeCount(out, 0x28, link.dropped);
  out.byte(0x35);
  out.fixed32(flagsOf(context.traceFlags, context.isRemote));
  out.close(start);
}

function writeStatus(out: ProtoWriter, span: RecordingSpan): void {
  if (span.statusCode === 0) return;
  out.byte(STATUS);
  const start = out.open();
  if (span.statusMessage !== '') writeText(out, 0x12, span.statusMessage);
  out.byte(0x18);
  out.byte(span.statusCode);
  out.close(start);
}

function writePairs(out: ProtoWriter, tag: number, pairs: readonly unknown[]): void {
  for (let i = 0; i < pairs.length; i += 2) {
    writePair(out, tag, pairs[i] as string, pairs[i + 1]);
  }
}

export function writePair(out: ProtoWriter, tag: number, key: string, value: unknown): void {
  if (typeof value === 'string' && out.textPair(tag, key, value)) return;
  out.byte(tag);
  writeKeyValue(out, key, value);
}

function writeId(out: ProtoWriter, tag: number, id: string): void {
  out.byte(tag);
  out.byte(id.length >>> 1);
  out.hex(id);
}

function writeSpanId(out: ProtoWriter, tag: number, high: number, low: number): void {
  out.byte(tag);
  out.byte(8);
  out.word(high);
  out.word(low);
}

function writeText(out: ProtoWriter, tag: number, text: string): void {
  if (text === '') return;
  out.byte(tag);
  out.string(text);
}

function writeCount(out: ProtoWriter, tag: number, count: number): void {
  if (count === 0) return;
  out.byte(tag);
  out.varint(count);
}

function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote === true ? IS_REMOTE : 0);
}
