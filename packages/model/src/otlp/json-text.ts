// A number of 16 digits or more that stands where a value stands, so perhaps beyond 2^53.
const longInteger = /[:[,]\s*-?\d{16,}\s*[,\]}]/;

/**
 * `JSON.parse`, except that integers beyond 2^53 come as bigint instead of being rounded: some senders write
 * OTLP's 64-bit times as plain numbers. Costs nothing where there is none. Throws SyntaxError.
 */
export function parseJsonExact(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text);
  return JSON.parse(text, exactIntegers);
}

function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}
