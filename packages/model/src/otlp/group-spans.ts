import type { Resource, Scope, Span } from '../span.ts';
import { keyValuesToJson } from './any-value-json.ts';

export interface ScopeGroup {
  readonly scope: Scope;
  readonly spans: Span[];
}

export interface ResourceGroup {
  readonly resource: Resource;
  readonly scopes: readonly ScopeGroup[];
}

/** Spans by equal resource, then equal scope, each in order of first appearance. */
export function groupSpans(spans: readonly Span[]): ResourceGroup[] {
  const resources = new Interner(resourceKey, (resource: Resource) => ({
    resource,
    scopes: new Interner(scopeKey, (scope: Scope): ScopeGroup => ({ scope, spans: [] })),
  }));
  for (const span of spans) resources.get(span.resource).scopes.get(span.scope).spans.push(span);
  return resources.all.map(({ resource, scopes }) => ({ resource, scopes: scopes.all }));
}

/** One group per distinct value; the same object is recognised without looking into it. */
class Interner<Value extends object, Group> {
  readonly all: Group[] = [];
  readonly #byIdentity = new Map<Value, Group>();
  readonly #byKey = new Map<string, Group>();
  readonly #keyOf: (value: Value) => string;
  readonly #create: (value: Value) => Group;

  constructor(keyOf: (value: Value) => string, create: (value: Value) => Group) {
    this.#keyOf = keyOf;
    this.#create = create;
  }

  get(value: Value): Group {
    const known = this.#byIdentity.get(value);
    if (known !== undefined) return known;
    const group = this.#byContent(value);
    this.#byIdentity.set(value, group);
    return group;
  }

  #byContent(value: Value): Group {
    const key = this.#keyOf(value);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const group = this.#create(value);
    this.#byKey.set(key, group);
    this.all.push(group);
    return group;
  }
}

function resourceKey(resource: Resource): string {
  return JSON.stringify([
    keyValuesToJson(resource.attributes),
    resource.droppedAttributesCount,
    resource.schemaUrl,
  ]);
}

function scopeKey(scope: Scope): string {
  return JSON.stringify([
    scope.name,
    scope.version,
    keyValuesToJson(scope.attributes),
    scope.droppedAttributesCount,
    scope.schemaUrl,
  ]);
}
