import {
  attributesToJson,
  buildOutline,
  encodeOtlpJson,
  formatUnixNano,
  type Span,
  serviceNameOf,
} from '@utxoiq/model';
import type { JsonAttributes, SpanDetail } from '../api/types.ts';
import { chromeTraceBlob } from '../trace/chrome-trace.ts';
import type { TraceDocument } from '../trace/trace-document.ts';

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

function jsonAttributes(attributes: Span['attributes']): JsonAttributes {
  return attributesToJson(attributes).attributes as JsonAttributes;
}

/** A span of a file in the form the platform gives its own. */
export function spanDetail(span: Span): SpanDetail {
  return {
    span_id: span.spanId,
    name: span.name,
    start_time: formatUnixNano(span.startUnixNano),
    end_time: formatUnixNano(span.endUnixNano),
    parent_span_id: span.parentSpanId,
    kind: kinds[span.kind] ?? 'unspecified',
    attributes: jsonAttributes(span.attributes),
    status: span.status,
    events: span.events.map((event) => ({
      name: event.name,
      time: formatUnixNano(event.timeUnixNano),
      attributes: jsonAttributes(event.attributes),
    })),
    links: span.links.map((link) => ({
      trace_id: link.traceId,
      span_id: link.spanId,
      attributes: jsonAttributes(link.attributes),
    })),
    resource: { attributes: jsonAttributes(span.resource.attributes) },
    scope: { name: span.scope.name, version: span.scope.version },
  };
}

function jsonBlob(value: unknown): Blob {
  return new Blob([JSON.stringify(value)], { type: 'application/json' });
}

/** One trace of a file as a document to look at. */
export function fileTrace(spans: readonly Span[], fileName: string): TraceDocument {
  const outline = buildOutline(spans);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return {
    key: `file/${fileName}/${outline.traceId}/${outline.size}`,
    outline,
    partial: null,
    live: false,
    loadSpan: async (spanId) => {
      const span = byId.get(spanId);
      return span === undefined ? null : spanDetail(span);
    },
    exportAs: async (format) => {
      if (format === 'chrome') return chromeTraceBlob(spans);
      if (format === 'otlp') return jsonBlob(encodeOtlpJson(spans));
      return jsonBlob({ trace_id: outline.traceId, span_count: outline.size, spans: spans.map(spanDetail) });
    },
  };
}

/** The traces of a file, biggest first. */
export interface FileTrace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly title: string;
  readonly service: string;
}

export function tracesOf(spans: readonly Span[]): readonly FileTrace[] {
  const byTrace = new Map<string, Span[]>();
  for (const span of spans) {
    const group = byTrace.get(span.traceId);
    if (group === undefined) byTrace.set(span.traceId, [span]);
    else group.push(span);
  }
  return [...byTrace]
    .map(([traceId, group]) => {
      const root = group.find(({ parentSpanId }) => parentSpanId === null) ?? group[0];
      return {
        traceId,
        spans: group,
        title: root?.name ?? traceId,
        service: root === undefined ? '' : serviceNameOf(root),
      };
    })
    .sort((a, b) => b.spans.length - a.spans.length);
}
