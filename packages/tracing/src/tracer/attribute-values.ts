import type { Attributes } from '@opentelemetry/api';

/** What a rejected value cleans to. Values of the `AnyValue` of the specification are never this symbol. */
export const INVALID: unique symbol = Symbol('invalid attribute value');

/** Protobuf readers go 100 messages deep, and a nested value takes three: one deeper value would cost its whole batch. */
const MAX_DEPTH = 24;

/**
 * A copy of a value as OpenTelemetry's `AnyValue` allows it (specification, common/README.md): strings cut to
 * `limit`, arrays and plain objects copied, so that a later change by the caller does not reach the span.
 * Functions, symbols, class instances, cycles, what is nested too deep and what throws when read are `INVALID`.
 */
export function cleanValue(value: unknown, limit: number): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > limit ? value.substring(0, limit) : value;
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value >= -(2n ** 63n) && value < 2n ** 63n ? value : INVALID;
    case 'object':
      return value === null ? null : cleanWhole(value, limit);
    default:
      return INVALID;
  }
}

function cleanWhole(value: object, limit: number): unknown {
  try {
    return cleanObject(value, limit, []);
  } catch {
    return INVALID; // A getter or a proxy of the host's own.
  }
}

function cleanNested(value: unknown, limit: number, path: object[]): unknown {
  if (typeof value === 'object' && value !== null) return cleanObject(value, limit, path);
  return value === undefined ? undefined : cleanValue(value, limit);
}

function cleanObject(value: object, limit: number, path: object[]): unknown {
  if (value instanceof Uint8Array) return copyBytes.call(value, 0, Math.min(limit, value.length));
  if (path.length === MAX_DEPTH || path.includes(value)) return INVALID;
  path.push(value);
  const copy = Array.isArray(value) ? cleanArray(value, limit, path) : cleanRecord(value, limit, path);
  path.pop();
  return copy;
}

/** A `Buffer`'s own `slice` shares its memory. */
const { slice: copyBytes } = Uint8Array.prototype;

function cleanArray(value: readonly unknown[], limit: number, path: object[]): unknown {
  const copy: unknown[] = [];
  for (let i = 0; i < value.length; i++) {
    const item = cleanNested(value[i], limit, path);
    if (item === INVALID) return INVALID;
    copy.push(item);
  }
  return copy;
}

function cleanRecord(value: object, limit: number, path: object[]): unknown {
  const made: unknown = value.constructor;
  if (made !== Object && made !== undefined) return INVALID;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, raw] of Object.entries(value)) {
    if (raw === undefined) continue;
    const item = cleanNested(raw, limit, path);
    if (item === INVALID) return INVALID;
    copy[key] = item;
  }
  return copy;
}

/** Events take only what OpenTelemetry calls simple values: primitives and arrays of one primitive type. */
export function cleanSimpleValue(value: unknown, limit: number): unknown {
  if (Array.isArray(value)) return isHomogeneous(value) ? cleanValue(value, limit) : INVALID;
  return isPrimitive(value) ? cleanValue(value, limit) : INVALID;
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isHomogeneous(values: readonly unknown[]): boolean {
  let type = '';
  for (const value of values) {
    if (value === null || value === undefined) continue;
    if (!isPrimitive(value) || (type !== '' && typeof value !== type)) return false;
    type = typeof value;
  }
  return true;
}

/** Attributes of an event or a link: keys and values in turn, and how many were dropped. */
export interface CleanedAttributes {
  readonly pairs: readonly unknown[];
  readonly dropped: number;
}

const NOTHING: CleanedAttributes = Object.freeze({ pairs: Object.freeze([]), dropped: 0 });

export interface CleanLimits {
  readonly count: number;
  readonly valueLength: number;
}

export function cleanAttributes(
  attributes: Attributes | undefined | null,
  limits: CleanLimits,
  clean: (value: unknown, limit: number) => unknown = cleanValue,
): CleanedAttributes {
  if (typeof attributes !== 'object' || attributes === null) return NOTHING;
  const pairs: unknown[] = [];
  let dropped = 0;
  try {
    for (const key of Object.keys(attributes)) {
      const raw = attributes[key];
      if (raw === undefined) continue;
      const value = pairs.length >= limits.count * 2 || key === '' ? INVALID : clean(raw, limits.valueLength);
      if (value === INVALID) dropped++;
      else pairs.push(key, value);
    }
  } catch {
    dropped++; // A getter or a proxy of the host's own.
  }
  return { pairs, dropped };
}

/** Names are texts; what a program without types gives instead is told by its own text, or its type. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return String(value);
  } catch {
    return typeof value; // An object without a prototype, say.
  }
}
