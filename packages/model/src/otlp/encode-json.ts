import type { Span, SpanEvent, SpanLink } from '../span.ts';
import { keyValuesToJson } from './any-value-json.ts';
import { groupSpans, type ResourceGroup, type ScopeGroup } from './group-spans.ts';

/** Spans as an OTLP/JSON `ExportTraceServiceRequest`; what has its default value is left out. */
export function encodeOtlpJson(spans: readonly Span[]): object {
  return { resourceSpans: groupSpans(spans).map(resourceSpansToJson) };
}

function resourceSpansToJson({ resource, scopes }: ResourceGroup): object {
  return {
    resource: compact({
      attributes: keyValuesToJson(resource.attributes),
      droppedAttributesCount: resource.droppedAttributesCount,
    }),
    scopeSpans: scopes.map(scopeSpansToJson),
    ...compact({ schemaUrl: resource.schemaUrl }),
  };
}

function scopeSpansToJson({ scope, spans }: ScopeGroup): object {
  return {
    scope: compact({
      name: scope.name,
      version: scope.version,
      attributes: keyValuesToJson(scope.attributes),
      droppedAttributesCount: scope.droppedAttributesCount,
    }),
    spans: spans.map(spanToJson),
    ...compact({ schemaUrl: scope.schemaUrl }),
  };
}

function spanToJson(span: Span): object {
  return compact({
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: span.traceState,
    parentSpanId: span.parentSpanId ?? '',
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startUnixNano),
    endTimeUnixNano: String(span.endUnixNano),
    attributes: keyValuesToJson(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map(eventToJson),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map(linkToJson),
    droppedLinksCount: span.droppedLinksCount,
    status: compact({ message: span.status.message, code: span.status.code }),
  });
}

function eventToJson(event: SpanEvent): object {
  return compact({
    timeUnixNano: String(event.timeUnixNano),
    name: event.name,
    attributes: keyValuesToJson(event.attributes),
    droppedAttributesCount: event.droppedAttributesCount,
  });
}

function linkToJson(link: SpanLink): object {
  return compact({
    traceId: link.traceId,
    spanId: link.spanId,
    traceState: link.traceState,
    attributes: keyValuesToJson(link.attributes),
    droppedAttributesCount: link.droppedAttributesCount,
    flags: link.flags,
  });
}

function compact(fields: Record<string, string | number | object>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isDefault(value)));
}

function isDefault(value: string | number | object): boolean {
  return value === '' || value === 0 || (typeof value === 'object' && Object.keys(value).length === 0);
}
