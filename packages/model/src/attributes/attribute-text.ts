import type { AttributeValue } from '../attribute-value.ts';
import { anyValueToJson } from '../otlp/any-value-json.ts';

/**
 * A value as the text that filters compare with: `true`, `200`, `1.5`, nothing for the empty value; arrays,
 * lists and bytes as JSON in OTLP/JSON's `AnyValue` form.
 */
export function attributeText(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(anyValueToJson(value)) : String(value);
}

/** A value as the number that filters compare with; null if it is none. Text that spells a number is one. */
export function attributeNumber(value: AttributeValue): number | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return null;
  return Number(value);
}
