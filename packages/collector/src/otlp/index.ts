export { MalformedOtlpError } from './otlp-error.ts';
export { RequestDecoder } from './request-decoder.ts';
export { RequestScanner } from './request-scanner.ts';
export { DEFAULT_SPAN_LIMITS, type SpanLimits } from './span-limits.ts';
