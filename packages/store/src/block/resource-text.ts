import { type AttributeMap, attributeText, type Resource, type Scope } from '@utxoiq/model';
import { entriesFromJson, entriesToJson } from './any-value-text.ts';

/**
 * A resource or scope as one JSON text in a LowCardinality column: few distinct ones exist, so it costs about
 * a byte per span, and a filter is evaluated once per distinct text. `text` has each attribute's value as text
 * for filters and facets; `attributes` has them exactly, in OTLP/JSON form.
 */
interface ResourceJson {
  readonly text: Readonly<Record<string, string>>;
  readonly attributes: Parameters<typeof entriesFromJson>[0];
  readonly dropped?: number;
  readonly schemaUrl?: string;
}
interface ScopeJson extends ResourceJson {
  readonly name: string;
  readonly version?: string;
}

export function resourceToText(resource: Resource): string {
  return JSON.stringify(resourceToJson(resource));
}

export function resourceFromText(text: string): Resource {
  return resourceFromJson(JSON.parse(text) as ResourceJson);
}

export function scopeToText(scope: Scope): string {
  const json: ScopeJson = { name: scope.name, version: scope.version, ...resourceToJson(scope) };
  return JSON.stringify(json);
}

export function scopeFromText(text: string): Scope {
  const json = JSON.parse(text) as ScopeJson;
  return { name: json.name, version: json.version ?? '', ...resourceFromJson(json) };
}

function resourceToJson(resource: Resource): ResourceJson {
  return {
    text: textOf(resource.attributes),
    attributes: entriesToJson(resource.attributes),
    dropped: resource.droppedAttributesCount,
    schemaUrl: resource.schemaUrl,
  };
}

function resourceFromJson(json: ResourceJson): Resource {
  return {
    attributes: entriesFromJson(json.attributes),
    droppedAttributesCount: json.dropped ?? 0,
    schemaUrl: json.schemaUrl ?? '',
  };
}

// A prototype-less object, so that an attribute named `__proto__` is one more attribute.
function textOf(attributes: AttributeMap): Record<string, string> {
  const text: Record<string, string> = Object.create(null);
  for (const [key, value] of attributes) text[key] = attributeText(value);
  return text;
}
