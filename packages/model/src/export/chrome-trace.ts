import { attributesToJson } from '../attributes/attribute-json.ts';
import { type Span, type SpanEvent, SpanKind, StatusCode } from '../span.ts';
import { buildOutline, outlineRows } from '../trace/build-outline.ts';
import { at } from '../trace/forest.ts';
import type { TraceOutline } from '../trace/outline.ts';
import { buildTree } from '../trace/tree.ts';
import { SliceTracks } from './slice-tracks.ts';

const kindNames = new Map<number, string>(Object.entries(SpanKind).map(([name, kind]) => [kind, name]));

/** An event of the Trace Event Format, as Perfetto and chrome://tracing read it. Times in microseconds. */
interface TraceEvent {
  readonly ph: 'X' | 'M' | 'i';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly s?: 't';
  readonly args: object;
}

/**
 * One trace's spans as Chrome's Trace Event Format ("Trace Event Format", JSON object form), which
 * ui.perfetto.dev opens: a process per service, a complete event per span with its attributes as `args`, an
 * instant per span event. Times are relative to the trace's start, which stands in `otherData`.
 */
export function encodeChromeTrace(spans: readonly Span[]): object {
  const outline = buildOutline(spans);
  const rows = outlineRows(spans);
  const tracks = new SliceTracks(outline, buildTree(outline));
  const events: TraceEvent[] = outline.services.map(processName);
  rows.forEach((span, row) => {
    const place = { pid: at(outline.serviceIndexes, row) + 1, tid: tracks.trackOf(row) + 1 };
    events.push(slice(span, outline, place));
    for (const event of span.events) events.push(instant(event, outline, place));
  });
  return {
    displayTimeUnit: 'ms',
    otherData: { trace_id: outline.traceId, start_unix_nano: String(outline.startUnixNano) },
    traceEvents: events,
  };
}

function processName(service: string, index: number): TraceEvent {
  const name = service === '' ? '(no service name)' : service;
  return { ph: 'M', name: 'process_name', pid: index + 1, tid: 0, args: { name } };
}

interface Place {
  readonly pid: number;
  readonly tid: number;
}

function slice(span: Span, outline: TraceOutline, place: Place): TraceEvent {
  return {
    ph: 'X',
    name: span.name,
    cat: kindNames.get(span.kind) ?? 'unspecified',
    ...place,
    ts: microsAfterStart(span.startUnixNano, outline),
    dur: Math.max(0, Number(span.endUnixNano - span.startUnixNano) / 1000),
    args: {
      span_id: span.spanId,
      ...(span.parentSpanId === null ? {} : { parent_span_id: span.parentSpanId }),
      ...(span.status.code === StatusCode.error ? { error: span.status.message || true } : {}),
      ...attributesToJson(span.attributes).attributes,
    },
  };
}

function instant(event: SpanEvent, outline: TraceOutline, place: Place): TraceEvent {
  const args = attributesToJson(event.attributes).attributes;
  return {
    ph: 'i',
    s: 't',
    name: event.name,
    ...place,
    ts: microsAfterStart(event.timeUnixNano, outline),
    args,
  };
}

function microsAfterStart(unixNano: bigint, outline: TraceOutline): number {
  return Number(unixNano - outline.startUnixNano) / 1000;
}
