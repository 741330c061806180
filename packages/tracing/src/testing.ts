export { assertSpan, type SpanExpectation, type SpanMatchers, spanMatchers } from './testing/matchers.ts';
export { printTree } from './testing/print-tree.ts';
export type { RecordedSpan } from './testing/recorded-span.ts';
export { recordSpans, type SpanMatch, SpanRecorder } from './testing/recorder.ts';
