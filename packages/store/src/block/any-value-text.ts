import type { AttributeMap, AttributeValue } from '@utxoiq/model';

/**
 * Values that no typed column takes are kept as JSON text in OTLP/JSON's AnyValue form (opentelemetry-proto
 * common.proto): int64 as decimal text, bytes as base64, so nothing is lost on the way through JSON.
 */
type AnyValueJson = { readonly [field: string]: unknown };

export function anyValueToText(value: AttributeValue): string {
  return JSON.stringify(toJson(value));
}

export function anyValueFromText(text: string): AttributeValue {
  return fromJson(JSON.parse(text) as AnyValueJson);
}

export interface KeyValueJson {
  readonly key: string;
  readonly value: AnyValueJson;
}

export function entriesToJson(attributes: AttributeMap): KeyValueJson[] {
  return Array.from(attributes, ([key, value]) => ({ key, value: toJson(value) }));
}

export function entriesFromJson(entries: readonly KeyValueJson[]): AttributeMap {
  return new Map(entries.map(({ key, value }) => [key, fromJson(value)]));
}

function toJson(value: AttributeValue): AnyValueJson {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: value.toString() };
  if (typeof value === 'number') return { doubleValue: doubleToJson(value) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { kvlistValue: { values: entriesToJson(value) } };
  return { arrayValue: { values: (value as readonly AttributeValue[]).map(toJson) } };
}

// JSON has neither NaN, the infinities nor a negative zero.
const doubleToJson = (value: number): number | string =>
  Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);

function fromJson(json: AnyValueJson): AttributeValue {
  if ('stringValue' in json) return json.stringValue as string;
  if ('boolValue' in json) return json.boolValue as boolean;
  if ('intValue' in json) return BigInt(json.intValue as string);
  if ('doubleValue' in json) return Number(json.doubleValue);
  if ('bytesValue' in json) return new Uint8Array(Buffer.from(json.bytesValue as string, 'base64'));
  if ('kvlistValue' in json) return entriesFromJson((json.kvlistValue as { values: KeyValueJson[] }).values);
  if ('arrayValue' in json) return (json.arrayValue as { values: AnyValueJson[] }).values.map(fromJson);
  return null;
}
