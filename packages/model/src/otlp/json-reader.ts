import { described, Malformed } from './malformed.ts';

/** A JSON object whose fields are not typed yet. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

const maxUint64 = 0xffff_ffff_ffff_ffffn;
const integerPattern = /^-?\d{1,20}$/;

/** Proto3 JSON: an absent message and null are the same. */
export function readObject(value: unknown, path: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw new Malformed(path, `expected an object, got ${described(value)}`);
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readArray(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Malformed(path, `expected an array, got ${described(value)}`);
  return value;
}

export function readString(value: unknown, path: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Malformed(path, `expected a string, got ${described(value)}`);
  return value;
}

export function readUint32(value: unknown, path: string): number {
  return Number(readInteger(value, path, 0n, 0xffff_ffffn));
}

export function readUint64(value: unknown, path: string): bigint {
  return readInteger(value, path, 0n, maxUint64);
}

export function readInt64(value: unknown, path: string): bigint {
  return readInteger(value, path, -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn);
}

/** A 64-bit integer as a decimal string, a JSON number or (from `parseJsonExact`) a bigint. */
function readInteger(value: unknown, path: string, min: bigint, max: bigint): bigint {
  if (value === undefined || value === null) return 0n;
  const integer = toInteger(value);
  if (integer === null || integer < min || integer > max) {
    throw new Malformed(path, `expected an integer of ${min} to ${max}, got ${described(value)}`);
  }
  return integer;
}

function toInteger(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && integerPattern.test(value) ? BigInt(value) : null;
}

/** An enum's values by name; the first is the default. */
export interface JsonEnum<Value extends number> {
  readonly byName: ReadonlyMap<string, Value>;
  readonly byNumber: readonly Value[];
}

/** For enums whose numbers count up from 0, in that order. */
export function jsonEnum<Value extends number>(...values: [name: string, value: Value][]): JsonEnum<Value> {
  return { byName: new Map(values), byNumber: values.map(([, value]) => value) };
}

/** An enum by number or by name; an unknown one counts as 0, so that newer senders are not refused. */
export function readEnum<Value extends number>(
  value: unknown,
  { byName, byNumber }: JsonEnum<Value>,
  path: string,
): Value {
  const zero = byNumber[0] as Value;
  if (value === undefined || value === null) return zero;
  if (typeof value === 'string') return byName.get(value) ?? zero;
  return byNumber[Number(readInteger(value, path, -0x8000_0000n, 0x7fff_ffffn))] ?? zero;
}
