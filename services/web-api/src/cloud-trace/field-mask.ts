import type { encodeMessage, JsonObject } from '@utxoiq/model/cloud-trace';
import { invalidField } from './google-error.ts';

/** A selection of fields: null keeps all that is there. */
type Selection = Map<string, Selection | null>;

type MessageType = Parameters<typeof encodeMessage>[0];

/**
 * Google's partial responses (cloud.google.com/apis/docs/system-parameters, `fields`): `a,b/c,d(e,f/g)`, `*`
 * for every name, and `b.c` as a FieldMask has it. Throws INVALID_ARGUMENT for anything else, and for names that the
 * message does not have.
 */
export function parseFieldMask(text: string, type: MessageType): Selection {
  return ofMessage(type, parse(text));
}

/** A selection with the names that its JSON has. */
function ofMessage(type: MessageType, selection: Selection): Selection {
  const result: Selection = new Map();
  for (const [path, below] of selection) {
    const dot = path.indexOf('.');
    const name = dot === -1 ? path : path.slice(0, dot);
    const inner = dot === -1 ? below : new Map([[path.slice(dot + 1), below]]);
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const field = Object.hasOwn(type.fields, camel) ? type.fields[camel] : undefined;
    if (field === undefined && name !== '*') throw invalidSelection(name);
    if (inner === null) result.set(camel, null);
    else merge(child(result, camel), field === undefined ? inner : within(field, inner));
  }
  return result;
}

function within({ kind, label }: MessageType['fields'][string], selection: Selection): Selection {
  if (label === 'map' || kind.type === 'any') return selection;
  if (kind.type === 'message') return ofMessage(kind.message, selection);
  throw invalidSelection(selection.keys().next().value ?? '');
}

const invalidSelection = (text: string): Error =>
  invalidField('fields', `Invalid field selection ${text.slice(0, 200)}`);

function parse(text: string): Selection {
  const tokens = text.match(/[\w@*.$-]+|[(),/]|\s+|./g)?.filter((token) => token.trim() !== '') ?? [];
  const reader = new MaskReader(tokens, text);
  const selection = reader.list();
  if (!reader.done) throw reader.error();
  return selection;
}

const NAME = /^([\w@$.-]+|\*)$/;
const MAX_DEPTH = 50;

class MaskReader {
  readonly #tokens: readonly string[];
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  get done(): boolean {
    return this.#at === this.#tokens.length;
  }

  list(): Selection {
    if (++this.#depth > MAX_DEPTH) throw this.error();
    const selection: Selection = new Map();
    do this.#path(selection);
    while (this.#take(','));
    this.#depth--;
    return selection;
  }

  error(): Error {
    return invalidSelection(this.#text);
  }

  #path(into: Selection): void {
    const name = this.#tokens[this.#at++] ?? '';
    if (!NAME.test(name)) throw this.error();
    if (this.#take('/')) {
      if (++this.#depth > MAX_DEPTH) throw this.error();
      this.#path(child(into, name));
      this.#depth--;
    } else if (this.#take('(')) {
      const inner = this.list();
      if (!this.#take(')')) throw this.error();
      merge(child(into, name), inner);
    } else into.set(name, null);
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }
}

/** What is selected below a name; a name that is already wanted whole stays so. */
function child(selection: Selection, name: string): Selection {
  const known = selection.get(name);
  if (known === null) return new Map();
  const inner: Selection = known ?? new Map();
  selection.set(name, inner);
  return inner;
}

function merge(into: Selection, from: Selection): void {
  for (const [name, inner] of from) {
    if (inner === null) into.set(name, null);
    else merge(child(into, name), inner);
  }
}

/** The selected part of a JSON document; lists are gone through. */
export function applyFieldMask(json: JsonObject, selection: Selection): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(json)) {
    const inner = selection.has(name) ? selection.get(name) : selection.get('*');
    if (inner === undefined) continue;
    result[name] = inner === null ? value : applyWithin(value, inner);
  }
  return result;
}

type JsonValue = JsonObject[string];

function applyWithin(value: JsonValue, selection: Selection): JsonValue {
  if (Array.isArray(value)) return value.map((item) => applyWithin(item, selection));
  return typeof value === 'object' && value !== null ? applyFieldMask(value, selection) : value;
}
