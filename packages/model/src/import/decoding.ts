import type { AttributeValue } from '../attribute-value.ts';
import type { OtlpDecodeResult, RejectedSpan } from '../otlp/decode-json.ts';
import { described, Malformed } from '../otlp/malformed.ts';
import { type Scope, type Span, SpanKind, StatusCode } from '../span.ts';

/** A span of a foreign format that cannot be kept while the rest of its file can. */
export class Rejected extends Error {}

/** Collects a file's spans; what throws `Rejected` is left out, what throws `Malformed` ends it. */
export function decodeAll(read: (keep: (path: string, span: () => Span) => void) => void): OtlpDecodeResult {
  const spans: Span[] = [];
  const rejected: RejectedSpan[] = [];
  const keep = (path: string, span: () => Span) => {
    try {
      spans.push(span());
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      rejected.push({ path, reason: error.message });
    }
  };
  try {
    read(keep);
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, error: { path: error.path, message: error.message } };
    throw error;
  }
  return { ok: true, spans, rejected };
}

/** An id of up to `digits` hex digits, as systems that trim zeros write them. */
export function paddedId(value: unknown, digits: 16 | 32, field: string): string {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  const isId = /^[0-9a-f]+$/.test(text) && text.length <= digits && !/^0+$/.test(text);
  if (!isId)
    throw new Rejected(
      `${field}: expected up to ${digits} hex digits, not all zero, got ${described(value)}`,
    );
  return text.padStart(digits, '0');
}

/** Microseconds, perhaps with a fraction, as nanoseconds. */
export function micros(value: unknown, field: string): bigint {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  // So that a start and a duration together stay below 2^64 nanoseconds.
  if (typeof number !== 'number' || !(number >= 0 && number < 9e15)) {
    throw new Rejected(`${field}: expected microseconds, got ${described(value)}`);
  }
  const whole = Math.floor(number);
  return BigInt(whole) * 1000n + BigInt(Math.round((number - whole) * 1000));
}

const kindsByName = new Map<string, SpanKind>(Object.entries(SpanKind));

export function kindNamed(name: string): SpanKind | undefined {
  return kindsByName.get(name.toLowerCase());
}

/** Removes an attribute and answers its text; undefined if it has none. */
export function takeText(
  attributes: Map<string, AttributeValue>,
  ...keys: readonly string[]
): string | undefined {
  let found: string | undefined;
  for (const key of keys) {
    const value = attributes.get(key);
    if (typeof value !== 'string') continue;
    found ??= value;
    attributes.delete(key);
  }
  return found;
}

/** What OpenTelemetry's exporters for other systems write as attributes, back where it belongs. */
export function takeScope(attributes: Map<string, AttributeValue>): Scope {
  return {
    name: takeText(attributes, 'otel.scope.name', 'otel.library.name') ?? '',
    version: takeText(attributes, 'otel.scope.version', 'otel.library.version') ?? '',
    attributes: new Map(),
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
}

/** The status by `otel.status_code`, else by the `error` attribute, which stays. */
export function takeStatus(attributes: Map<string, AttributeValue>): Span['status'] {
  const code = takeText(attributes, 'otel.status_code')?.toUpperCase();
  const description = takeText(attributes, 'otel.status_description') ?? '';
  if (code === 'OK') return { code: StatusCode.ok, message: '' };
  const error = attributes.get('error');
  const failed =
    code === 'ERROR' || (error !== undefined && error !== false && error !== 'false' && error !== '');
  if (!failed) return { code: StatusCode.unset, message: '' };
  const text = typeof error === 'string' && error !== 'true' ? error : '';
  return { code: StatusCode.error, message: description === '' ? text : description };
}
