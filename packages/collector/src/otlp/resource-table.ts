import type { AttributeValue, Resource, Scope } from '@utxoiq/model';
import { ValueDecoder } from './value-decoder.ts';

/** A resource as spans share it. */
export interface ResourceEntry {
  readonly resource: Resource;
  /** Its `gcp.project_id`; empty if it names none. */
  readonly projectId: string;
}

const MAX_ENTRIES = 4_096;

/** Resources and scopes by their raw bytes: the same bytes always give the same object. */
export class ResourceTable {
  readonly #values = new ValueDecoder();
  readonly #resources = new Map<string, ResourceEntry>();
  readonly #scopes = new Map<string, Scope>();

  /** @param ranges start and end of each `Resource` message: more than one merge, as bytes laid end to end. */
  get(bytes: Uint8Array, ranges: readonly number[], schemaUrl: string): ResourceEntry {
    const key = keyOf(bytes, ranges, schemaUrl);
    let entry = this.#resources.get(key);
    if (entry === undefined) {
      entry = this.#decodeResource(joined(bytes, ranges), schemaUrl);
      if (this.#resources.size >= MAX_ENTRIES) this.#resources.clear();
      this.#resources.set(key, entry);
    }
    return entry;
  }

  getScope(bytes: Uint8Array, ranges: readonly number[], schemaUrl: string): Scope {
    const key = keyOf(bytes, ranges, schemaUrl);
    let scope = this.#scopes.get(key);
    if (scope === undefined) {
      scope = this.#decodeScope(joined(bytes, ranges), schemaUrl);
      if (this.#scopes.size >= MAX_ENTRIES) this.#scopes.clear();
      this.#scopes.set(key, scope);
    }
    return scope;
  }

  #decodeResource(bytes: Uint8Array, schemaUrl: string): ResourceEntry {
    const { reader } = this.#values;
    this.#values.trim();
    reader.reset(bytes);
    const attributes = new Map<string, AttributeValue>();
    let droppedAttributesCount = 0;
    while (reader.at < bytes.length) {
      const tag = reader.uint32();
      if (tag === 0x0a) this.#values.attributeInto(attributes);
      else if (tag === 0x10) droppedAttributesCount = reader.uint32();
      else reader.skip(tag);
    }
    const project = attributes.get('gcp.project_id');
    const projectId = typeof project === 'string' ? project : '';
    return { resource: { attributes, droppedAttributesCount, schemaUrl }, projectId };
  }

  #decodeScope(bytes: Uint8Array, schemaUrl: string): Scope {
    const { reader } = this.#values;
    this.#values.trim();
    reader.reset(bytes);
    const attributes = new Map<string, AttributeValue>();
    let name = '';
    let version = '';
    let droppedAttributesCount = 0;
    while (reader.at < bytes.length) {
      const tag = reader.uint32();
      if (tag === 0x0a) name = this.#values.text();
      else if (tag === 0x12) version = this.#values.text();
      else if (tag === 0x1a) this.#values.attributeInto(attributes);
      else if (tag === 0x20) droppedAttributesCount = reader.uint32();
      else reader.skip(tag);
    }
    return { name, version, attributes, droppedAttributesCount, schemaUrl };
  }
}

function keyOf(bytes: Uint8Array, ranges: readonly number[], schemaUrl: string): string {
  // With its length: else a schema URL could go on where the bytes of another resource begin, and take its project.
  let key = `${schemaUrl.length} ${schemaUrl}`;
  for (let index = 0; index < ranges.length; index += 2) {
    key += Buffer.prototype.latin1Slice.call(bytes, ranges[index], ranges[index + 1]);
  }
  return key;
}

/** A copy: what is decoded from it outlives the request. */
function joined(bytes: Uint8Array, ranges: readonly number[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let index = 0; index < ranges.length; index += 2) {
    parts.push(bytes.subarray(ranges[index], ranges[index + 1]));
  }
  return Buffer.concat(parts);
}
