import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { isJsonObject, readArray, readInt64, readObject, readString } from './json-reader.ts';
import { described, Malformed } from './malformed.ts';

/** How deep `AnyValue`s may nest before a request is refused. */
export const maxAttributeDepth = 64;

/** A value in OTLP/JSON's `AnyValue` form; `{}` is the empty value. */
export type AnyValueJson =
  | Record<string, never>
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number | string }
  | { bytesValue: string }
  | { arrayValue: { values: AnyValueJson[] } }
  | { kvlistValue: { values: KeyValueJson[] } };

export interface KeyValueJson {
  key: string;
  value: AnyValueJson;
}

export function anyValueToJson(value: AttributeValue): AnyValueJson {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'bigint':
      return { intValue: String(value) };
    case 'number':
      return { doubleValue: doubleToJson(value) };
    default:
      return compoundToJson(value);
  }
}

function compoundToJson(value: Uint8Array | null | readonly AttributeValue[] | AttributeMap): AnyValueJson {
  if (value === null) return {};
  if (value instanceof Uint8Array) return { bytesValue: encodeBase64(value) };
  if (value instanceof Map) return { kvlistValue: { values: keyValuesToJson(value) } };
  return { arrayValue: { values: (value as readonly AttributeValue[]).map(anyValueToJson) } };
}

export function keyValuesToJson(attributes: AttributeMap): KeyValueJson[] {
  return Array.from(attributes, ([key, value]) => ({ key, value: anyValueToJson(value) }));
}

/** What JSON has no number for goes as the strings proto3 JSON defines; -0 would print as 0. */
export function doubleToJson(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

/** `AnyValue` of OTLP/JSON into a value; throws `Malformed`. */
export function anyValueFromJson(json: unknown, path: string, depth = 0): AttributeValue {
  if (depth > maxAttributeDepth) throw new Malformed(path, `values nest deeper than ${maxAttributeDepth}`);
  const value = readObject(json, path);
  if (has(value.stringValue)) return readString(value.stringValue, `${path}.stringValue`);
  if (has(value.intValue)) return readInt64(value.intValue, `${path}.intValue`);
  if (has(value.boolValue)) return readBoolean(value.boolValue, `${path}.boolValue`);
  if (has(value.doubleValue)) return readDouble(value.doubleValue, `${path}.doubleValue`);
  if (has(value.bytesValue)) return readBytes(value.bytesValue, `${path}.bytesValue`);
  if (has(value.arrayValue)) return readValues(value.arrayValue, `${path}.arrayValue`, depth);
  if (has(value.kvlistValue)) {
    const list = readObject(value.kvlistValue, `${path}.kvlistValue`);
    return keyValuesFromJson(list.values, `${path}.kvlistValue.values`, depth + 1);
  }
  return null;
}

/** A list of `KeyValue` into a map; a key that comes twice keeps its last value. */
export function keyValuesFromJson(json: unknown, path: string, depth = 0): AttributeMap {
  const attributes = new Map<string, AttributeValue>();
  readArray(json, path).forEach((item, index) => {
    const at = `${path}[${index}]`;
    if (!isJsonObject(item)) throw new Malformed(at, `expected an object, got ${described(item)}`);
    attributes.set(readString(item.key, `${at}.key`), anyValueFromJson(item.value, `${at}.value`, depth));
  });
  return attributes;
}

function readValues(json: unknown, path: string, depth: number): readonly AttributeValue[] {
  return readArray(readObject(json, path).values, `${path}.values`).map((item, index) =>
    anyValueFromJson(item, `${path}.values[${index}]`, depth + 1),
  );
}

function has(field: unknown): boolean {
  return field !== undefined && field !== null;
}

function readBoolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean')
    throw new Malformed(path, `expected true or false, got ${described(value)}`);
  return value;
}

function readDouble(value: unknown, path: string): number {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  const double = typeof value === 'string' ? doubleFromText(value) : null;
  if (double === null) throw new Malformed(path, `expected a number, got ${described(value)}`);
  return double;
}

/** A double as proto3 JSON may write it as a string; null if it is none. */
export function doubleFromText(text: string): number | null {
  if (text === 'NaN') return Number.NaN;
  const value = /^-?(Infinity|\d+(\.\d*)?([eE][+-]?\d+)?)$/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(value) ? null : value;
}

function readBytes(value: unknown, path: string): Uint8Array {
  const bytes = decodeBase64(readString(value, path));
  if (bytes === null) throw new Malformed(path, `expected base64, got ${described(value)}`);
  return bytes;
}
