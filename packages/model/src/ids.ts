const traceIdPattern = /^[0-9a-f]{32}$/i;
const spanIdPattern = /^[0-9a-f]{16}$/i;
const zeros = /^0+$/;

/** A trace id: 32 hex digits of any case, not all zero (W3C Trace Context 3.2.2.3). Answers it in lower case. */
export function parseTraceId(text: string): string | null {
  return traceIdPattern.test(text) && !zeros.test(text) ? text.toLowerCase() : null;
}

/** A span id: 16 hex digits of any case, not all zero. Answers it in lower case. */
export function parseSpanId(text: string): string | null {
  return spanIdPattern.test(text) && !zeros.test(text) ? text.toLowerCase() : null;
}

/** 16 hex digits as an unsigned 64-bit number, the form of `TraceOutline.spanIds`. */
export function spanIdToBigInt(spanId: string): bigint {
  return BigInt(`0x${spanId}`);
}

/** The inverse of `spanIdToBigInt`: 16 lower-case hex digits. */
export function spanIdFromBigInt(id: bigint): string {
  return id.toString(16).padStart(16, '0');
}
