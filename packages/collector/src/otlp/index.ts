export { MalformedOtlpError } from './otlp-error.ts';
export { RequestDecoder, type ScannedRequest } from './request-decoder.ts';
export { RequestScanner, type ScanProjects, type ScanResult } from './request-scanner.ts';
export { DEFAULT_SPAN_LIMITS, type SpanLimits } from './span-limits.ts';
