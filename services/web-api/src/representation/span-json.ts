import {
  type AttributeMap,
  attributesToJson,
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
  type SpanLink,
} from '@utxoiq/model';
import { milliseconds, time } from './time-json.ts';

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
export const kindName = (kind: number): string => kinds[kind] ?? 'unspecified';

/** A span as the API shows it. Attributes are plain JSON; `attribute_types` names those whose type JSON cannot tell. */
export function spanJson(span: Span, attributes: AttributeMap = span.attributes) {
  const serviceName = span.resource.attributes.get('service.name');
  return {
    span_id: span.spanId,
    name: span.name,
    start_time: time(span.startUnixNano),
    end_time: time(span.endUnixNano),
    duration_ms: milliseconds(span.endUnixNano - span.startUnixNano),
    parent_span_id: span.parentSpanId,
    kind: kindName(span.kind),
    service: typeof serviceName === 'string' ? serviceName : '',
    ...attributesToJson(attributes),
    status: { code: span.status.code, message: span.status.message },
    events: span.events.map(eventJson),
    links: span.links.map(linkJson),
    resource: resourceJson(span.resource),
    scope: scopeJson(span.scope),
    trace_state: span.traceState,
    flags: span.flags,
    project_id: span.projectId,
    dropped_attributes_count: span.droppedAttributesCount,
    dropped_events_count: span.droppedEventsCount,
    dropped_links_count: span.droppedLinksCount,
  };
}

function eventJson(event: SpanEvent) {
  return {
    name: event.name,
    time: time(event.timeUnixNano),
    ...attributesToJson(event.attributes),
    dropped_attributes_count: event.droppedAttributesCount,
  };
}

function linkJson(link: SpanLink) {
  return {
    trace_id: link.traceId,
    span_id: link.spanId,
    trace_state: link.traceState,
    flags: link.flags,
    ...attributesToJson(link.attributes),
    dropped_attributes_count: link.droppedAttributesCount,
  };
}

function resourceJson(resource: Resource) {
  return {
    ...attributesToJson(resource.attributes),
    dropped_attributes_count: resource.droppedAttributesCount,
    schema_url: resource.schemaUrl,
  };
}

function scopeJson(scope: Scope) {
  return {
    name: scope.name,
    version: scope.version,
    ...attributesToJson(scope.attributes),
    dropped_attributes_count: scope.droppedAttributesCount,
    schema_url: scope.schemaUrl,
  };
}
