// A number that stands where a value stands and may be beyond 2^53 = 9007199254740992. Microseconds of today
// have 16 digits too, but start with 1, so files full of them stay on the fast way.
const longInteger = /[:[,]\s*-?(?:9\d{15}|\d{17,})\s*[,\]}]/;

/**
 * `JSON.parse`, except that integers beyond 2^53 come as bigint instead of being rounded: some senders write
 * OTLP's 64-bit times as plain numbers. Costs nothing where there is none. Throws SyntaxError.
 */
export function parseJsonExact(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, exactIntegers);
  } catch (error) {
    // With a reviver JSON.parse recurses, and runs out of stack where the plain one does not.
    if (error instanceof RangeError) throw new SyntaxError('nests too deep', { cause: error });
    throw error;
  }
}

function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}
