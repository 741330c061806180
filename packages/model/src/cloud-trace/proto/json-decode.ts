import { parseTimestamp } from '../../timestamp.ts';
import {
  type AnyMessageType,
  type AnyValue,
  type EnumType,
  emptyMessage,
  type Field,
  type Fields,
  type Kind,
  type MessageOf,
  type MessageType,
  type Scalar,
  snakeCase,
} from './message-type.ts';

/** One thing wrong with a request, as `google.rpc.BadRequest.FieldViolation` has it. */
export interface Violation {
  /** Path in proto names: `traces.traces[0].spans[0].span_id`; empty for the request itself. */
  readonly field: string;
  readonly description: string;
}

/** A message, or at most ten things that are wrong with it. */
export type JsonDecodeResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/** Google stops somewhere too; nobody reads more. */
const MAX_VIOLATIONS = 10;
const MAX_ECHO = 1024;

/**
 * proto3 JSON (protobuf.dev/programming-guides/json) into a message: lowerCamelCase and proto names, enums by
 * name or number, 64-bit integers as strings or numbers, null as unset. An unknown name is an error, as on
 * Google's servers, and the messages are theirs.
 * @param path where in the request the value stands: `traces` for a body that is bound to that field.
 * @param options `ignoreUnknown`: for a client, to which a server may say more than it knew of.
 */
export function messageFromJson<F extends Fields>(
  type: MessageType<F>,
  json: unknown,
  path = '',
  options: { readonly ignoreUnknown?: boolean } = {},
): JsonDecodeResult<MessageOf<MessageType<F>>> {
  const violations: Violation[] = [];
  if (!isObject(json)) {
    const description = 'Invalid JSON payload received. Unknown name "": Root element must be a message.';
    return { ok: false, violations: [{ field: '', description }] };
  }
  const value = decodeMessage(type, json, {
    path,
    violations,
    ignoreUnknown: options.ignoreUnknown === true,
  });
  if (violations.length > 0) return { ok: false, violations };
  return { ok: true, value: value as MessageOf<MessageType<F>> };
}

interface Place {
  readonly path: string;
  readonly violations: Violation[];
  readonly ignoreUnknown: boolean;
}

const tables = new WeakMap<AnyMessageType, Map<string, [string, Field<unknown>]>>();

function namesOf(type: AnyMessageType): Map<string, [string, Field<unknown>]> {
  let table = tables.get(type);
  if (table === undefined) {
    table = new Map();
    for (const entry of Object.entries(type.fields)) {
      table.set(entry[0], entry);
      table.set(snakeCase(entry[0]), entry);
    }
    tables.set(type, table);
  }
  return table;
}

function decodeMessage(type: AnyMessageType, json: Record<string, unknown>, place: Place): object {
  const message = emptyMessage(type) as Record<string, unknown>;
  const names = namesOf(type);
  for (const [key, value] of Object.entries(json)) {
    const entry = names.get(key);
    if (entry === undefined) {
      if (place.ignoreUnknown) continue;
      const where = place.path === '' ? '' : ` at '${place.path}'`;
      report(place, `Invalid JSON payload received. Unknown name "${echo(key)}"${where}: Cannot find field.`);
      continue;
    }
    if (value === null) continue;
    const [name, field] = entry;
    const taken = field.oneof === null ? undefined : setMember(type, message, field);
    if (taken !== undefined && taken !== name) {
      const where = place.path === '' ? '' : ` at '${place.path}'`;
      report(
        place,
        `Invalid value${where} (oneof), oneof field '${field.oneof}' is already set. Cannot set '${echo(key)}'`,
      );
      continue;
    }
    message[name] = decodeField(name, field, value, {
      ...place,
      path: join(place.path, snakeCase(name)),
    });
  }
  return message;
}

function setMember(type: AnyMessageType, message: Record<string, unknown>, field: Field<unknown>) {
  return Object.entries(type.fields).find(
    ([name, other]) => other.oneof === field.oneof && message[name] !== null,
  )?.[0];
}

function decodeField(name: string, field: Field<unknown>, value: unknown, place: Place): unknown {
  if (field.label === 'many') return decodeList(name, field.kind, value, place);
  if (field.label === 'map') return decodeMap(name, field.kind, value, place);
  if (Array.isArray(value)) {
    const [parent, last] = splitPath(place.path);
    const where = parent === '' ? '' : ` at '${parent}'`;
    report(
      place,
      `Invalid JSON payload received. Unknown name "${last}"${where}: Proto field is not repeating, cannot start list.`,
    );
    return null;
  }
  return decodeValue(name, field.kind, value, place);
}

function decodeList(name: string, kind: Kind, value: unknown, place: Place): unknown[] {
  if (!Array.isArray(value)) {
    invalid(place, kind, value);
    return [];
  }
  return value.map((item, index) =>
    decodeValue(name, kind, item, { ...place, path: `${place.path}[${index}]` }),
  );
}

/** Google names a map's entry by its position. */
function decodeMap(name: string, kind: Kind, value: unknown, place: Place): Map<string, unknown> {
  const result = new Map<string, unknown>();
  if (!isObject(value)) {
    invalid(place, kind, value);
    return result;
  }
  let index = 0;
  for (const [key, item] of Object.entries(value)) {
    const entry = { ...place, path: `${place.path}[${index++}].value` };
    result.set(key, decodeValue(name, kind, item, entry));
  }
  return result;
}

function decodeValue(name: string, kind: Kind, value: unknown, place: Place): unknown {
  switch (kind.type) {
    case 'message':
      return isObject(value) ? decodeMessage(kind.message, value, place) : invalid(place, kind, value);
    case 'timestamp':
      return decodeTimestamp(name, value, place);
    case 'any':
      return isObject(value) ? decodeAny(value, place) : invalid(place, kind, value);
    case 'wrapper': {
      const path = `${place.path}.value`;
      const inner = isObject(value) && 'value' in value ? value.value : value;
      return decodeValue(name, { type: 'scalar', scalar: kind.scalar }, inner, { ...place, path });
    }
    case 'enum':
      return enumNumber(kind.enum, value) ?? invalid(place, kind, value);
    case 'scalar':
      return scalarOf(kind.scalar, value) ?? invalid(place, kind, value);
  }
}

function decodeTimestamp(name: string, value: unknown, place: Place): bigint | null {
  if (typeof value !== 'string') return invalid(place, { type: 'timestamp' }, value);
  const nanos = GOOGLE_TIMESTAMP.test(value) ? parseTimestamp(value) : null;
  if (nanos === null) {
    const problem = "Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.";
    report(place, `Invalid value at '${place.path}' (${TIMESTAMP}), Field '${name}', ${problem}`);
  }
  return nanos;
}

function decodeAny(value: Record<string, unknown>, place: Place): AnyValue | null {
  const typeUrl = value['@type'];
  if (typeof typeUrl === 'string') return { typeUrl, bytes: null, json: value };
  report(place, `Invalid value at '${place.path}' (Any), Missing @type for any field`);
  return null;
}

/** A name must be known; a number passes whatever it is, as on the wire. */
function enumNumber(type: EnumType, value: unknown): number | null {
  if (typeof value === 'number') return isInt32(value) ? value : null;
  if (typeof value !== 'string') return null;
  if (Object.hasOwn(type.numbers, value)) return type.numbers[value] ?? null;
  return /^-?\d{1,10}$/.test(value) && isInt32(Number(value)) ? Number(value) : null;
}

function scalarOf(scalar: Scalar, value: unknown): string | number | bigint | boolean | null {
  switch (scalar) {
    case 'string':
      return typeof value === 'string' ? value : null;
    case 'bool':
      if (value === 'true' || value === 'false') return value === 'true';
      return typeof value === 'boolean' ? value : null;
    case 'int32': {
      const number = integerOf(value);
      return number !== null && isInt32(Number(number)) ? Number(number) : null;
    }
    case 'int64':
      return inRange(integerOf(value), -(1n << 63n), (1n << 63n) - 1n);
    case 'fixed64':
      return inRange(integerOf(value), 0n, (1n << 64n) - 1n);
  }
}

function integerOf(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : null;
}

const inRange = (value: bigint | null, least: bigint, most: bigint) =>
  value !== null && value >= least && value <= most ? value : null;
const isInt32 = (value: number) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;

/** RFC 3339 also allows a space and lower-case letters; Google does not. */
const GOOGLE_TIMESTAMP = /^[^ a-z]+$/;
const TIMESTAMP = 'type.googleapis.com/google.protobuf.Timestamp';

/** What Google calls a type in its messages. */
export function kindName(kind: Kind): string {
  switch (kind.type) {
    case 'message':
      return `type.googleapis.com/${kind.message.fullName}`;
    case 'enum':
      return `type.googleapis.com/${kind.enum.fullName}`;
    case 'timestamp':
      return TIMESTAMP;
    case 'any':
      return 'type.googleapis.com/google.protobuf.Any';
    case 'wrapper':
    case 'scalar':
      return `TYPE_${kind.scalar.toUpperCase()}`;
  }
}

/** What Google says of an enum's number that has no name. */
export const unknownEnum = (field: string, type: EnumType, number: number): Violation => ({
  field,
  description: `Invalid value at '${field}' (${kindName({ type: 'enum', enum: type })}), ${number}`,
});

function invalid(place: Place, kind: Kind, value: unknown): null {
  report(place, `Invalid value at '${place.path}' (${kindName(kind)}), ${echo(jsonText(value))}`);
  return null;
}

function report({ path, violations }: Place, description: string): void {
  if (violations.length < MAX_VIOLATIONS) violations.push({ field: path, description });
}

const jsonText = (value: unknown) =>
  typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));

/** What came, bounded, so that an error is not as long as the request. */
function echo(text: string): string {
  return text.length <= MAX_ECHO ? text : `${text.slice(0, MAX_ECHO)}...`;
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function splitPath(path: string): [string, string] {
  const dot = path.lastIndexOf('.');
  return dot === -1 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
