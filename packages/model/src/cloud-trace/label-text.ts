import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import { encodeBase64 } from '../encoding/base64.ts';

/** A value as a v1 label, which is always text: JSON for lists and maps, base64 for bytes. */
export function labelText(value: AttributeValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'object':
      if (value === null) return '';
      return value instanceof Uint8Array ? encodeBase64(value) : JSON.stringify(plain(value));
    default:
      return String(value);
  }
}

function plain(value: AttributeValue): unknown {
  if (value instanceof Uint8Array) return encodeBase64(value);
  if (value instanceof Map) {
    const entries = [...(value as AttributeMap)].map(([key, item]) => [key, plain(item)] as const);
    return Object.fromEntries(entries);
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
