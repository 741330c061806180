import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { ModelError } from '../model-error.ts';
import {
  anyValueFromJson,
  anyValueToJson,
  doubleFromText,
  doubleToJson,
  maxAttributeDepth,
} from '../otlp/any-value-json.ts';
import { Malformed } from '../otlp/malformed.ts';

/**
 * What a plain JSON value cannot say by itself: `double` for an integral double, NaN, -0 or an infinity;
 * `int` for an int64 beyond 2^53, as a string; `bytes` for base64; `empty` for null; `otlp` for an array or
 * list with any such thing inside, which then stands in OTLP/JSON's `AnyValue` form.
 */
export type AttributeTypeHint = 'double' | 'int' | 'bytes' | 'empty' | 'otlp';

/** What JSON can hold. */
export type PlainJson =
  | string
  | number
  | boolean
  | null
  | readonly PlainJson[]
  | { readonly [key: string]: PlainJson };

/** Attributes as the REST API shows them: plain values, and the types that JSON cannot tell (docs/api.md). */
export interface AttributesJson {
  readonly attributes: Readonly<Record<string, PlainJson>>;
  /** Only the keys that need it; absent when none does. */
  readonly attribute_types?: Readonly<Record<string, AttributeTypeHint>>;
}

/** One value as plain JSON, and the hint it needs, if any, to be read back exactly. */
export function attributeToJson(value: AttributeValue): { json: PlainJson; type?: AttributeTypeHint } {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return { json: value };
    case 'bigint':
      return fitsNumber(value) ? { json: Number(value) } : { json: String(value), type: 'int' };
    case 'number':
      return isPlainDouble(value) ? { json: value } : { json: doubleToJson(value), type: 'double' };
    default:
      return compoundToJson(value);
  }
}

function compoundToJson(value: Uint8Array | null | readonly AttributeValue[] | AttributeMap): {
  json: PlainJson;
  type?: AttributeTypeHint;
} {
  if (value === null) return { json: null, type: 'empty' };
  if (value instanceof Uint8Array) return { json: encodeBase64(value), type: 'bytes' };
  const plain = plainOrUndefined(value);
  return plain === undefined ? { json: anyValueToJson(value) as PlainJson, type: 'otlp' } : { json: plain };
}

/** The value as JSON that tells every type by itself; undefined if something inside cannot. */
function plainOrUndefined(value: AttributeValue): PlainJson | undefined {
  if (value instanceof Map) return plainObject(value);
  if (Array.isArray(value)) {
    const items = value.map(plainOrUndefined);
    return items.includes(undefined) ? undefined : (items as PlainJson[]);
  }
  const { json, type } = attributeToJson(value);
  return type === undefined ? json : undefined;
}

function plainObject(map: AttributeMap): PlainJson | undefined {
  const entries = Array.from(map, ([key, value]) => [key, plainOrUndefined(value)] as const);
  // fromEntries defines own properties, so a key named __proto__ is one like any other.
  return entries.some(([, json]) => json === undefined)
    ? undefined
    : (Object.fromEntries(entries) as { [key: string]: PlainJson });
}

function fitsNumber(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}

function isPlainDouble(value: number): boolean {
  return Number.isFinite(value) && !Number.isInteger(value);
}

/** Attributes as a JSON object that a person can read, and beside it what is needed to read them back exactly. */
export function attributesToJson(attributes: AttributeMap): AttributesJson {
  const values: [string, PlainJson][] = [];
  const types: [string, AttributeTypeHint][] = [];
  for (const [key, value] of attributes) {
    const { json, type } = attributeToJson(value);
    values.push([key, json]);
    if (type !== undefined) types.push([key, type]);
  }
  const plain = { attributes: Object.fromEntries(values) };
  return types.length === 0 ? plain : { ...plain, attribute_types: Object.fromEntries(types) };
}

/** The inverse of `attributesToJson`; throws `ATTRIBUTE_JSON_INVALID` for a value that does not fit its hint. */
export function attributesFromJson(json: AttributesJson): AttributeMap {
  const types = new Map(Object.entries(json.attribute_types ?? {}));
  return new Map(
    Object.entries(json.attributes).map(([key, value]) => [
      key,
      attributeFromJson(key, value, types.get(key)),
    ]),
  );
}

function attributeFromJson(
  key: string,
  json: PlainJson,
  type: AttributeTypeHint | undefined,
): AttributeValue {
  const value = type === undefined ? fromPlain(json) : fromHinted(json, type);
  if (value === undefined) {
    const hint = type === undefined ? 'a type' : `the type ${JSON.stringify(type)}`;
    throw new ModelError('ATTRIBUTE_JSON_INVALID', `attribute ${JSON.stringify(key)} does not fit ${hint}`);
  }
  return value;
}

/** Any plain JSON as a value: whole numbers are integers, lists lists, objects maps; undefined if it nests too deep. */
export function fromPlain(json: PlainJson): AttributeValue | undefined {
  return isShallow(json, maxAttributeDepth) ? convert(json) : undefined;
}

function isShallow(json: PlainJson, depth: number): boolean {
  if (typeof json !== 'object' || json === null) return true;
  return depth > 0 && Object.values(json).every((value) => isShallow(value, depth - 1));
}

function convert(json: PlainJson): AttributeValue {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json;
  if (Array.isArray(json)) return json.map(convert);
  if (typeof json === 'object' && json !== null) {
    return new Map(Object.entries(json).map(([key, value]) => [key, convert(value)]));
  }
  return json;
}

function fromHinted(json: PlainJson, type: AttributeTypeHint): AttributeValue | undefined {
  switch (type) {
    case 'double':
      return typeof json === 'number'
        ? json
        : typeof json === 'string'
          ? (doubleFromText(json) ?? undefined)
          : undefined;
    case 'int':
      return typeof json === 'string' && /^-?\d{1,19}$/.test(json) ? BigInt(json) : undefined;
    case 'bytes':
      return typeof json === 'string' ? (decodeBase64(json) ?? undefined) : undefined;
    case 'empty':
      return json === null ? null : undefined;
    case 'otlp':
      return fromAnyValue(json);
    default:
      return undefined;
  }
}

function fromAnyValue(json: PlainJson): AttributeValue | undefined {
  try {
    return anyValueFromJson(json, '');
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
