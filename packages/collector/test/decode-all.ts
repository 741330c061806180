import type { Span } from '@utxoiq/model';
import { DEFAULT_SPAN_LIMITS, RequestDecoder, RequestScanner, type SpanLimits } from '../src/otlp/index.ts';
import { spanOfRow } from './oracle.ts';

const decoder = new RequestDecoder();

/** Both passes, as the collector makes them: what is kept of a request. */
export function decodeAll(bytes: Uint8Array, limits: SpanLimits = DEFAULT_SPAN_LIMITS): Span[] {
  const { rejected } = new RequestScanner(limits).scan(bytes, { defaultProject: 'p', allowed: 'all' });
  const spans: Span[] = [];
  const request = { bytes, start: 0, end: bytes.length, defaultProject: 'p', rejected };
  decoder.decode(request, (row) => spans.push(spanOfRow(row)));
  return spans;
}
