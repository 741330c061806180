// What one BatchWriteSpans costs before it reaches the log, by step: node bench/cloud-trace/map.ts
import { encodeOtlpProtobuf, type Span } from '@utxoiq/model';
import {
  CLOUD_TRACE_LIMITS,
  decodeSpanBatch,
  encodeMessage,
  limitV2Span,
  ServiceResources,
  spanFromV2,
  V2BatchWriteSpansRequestType,
  v2SpanProblem,
} from '@utxoiq/model/cloud-trace';
import { sampleSpans } from './sample-spans.ts';

const SPANS = 500;
const bytes = encodeMessage(V2BatchWriteSpansRequestType, {
  name: 'projects/bench',
  spans: sampleSpans(SPANS),
});
const limits = CLOUD_TRACE_LIMITS.backend;
const options = { projectId: 'bench', limits, nowUnixNano: BigInt(Date.now()) * 1_000_000n };

const steps: Record<string, number[]> = { 'decode, check, map': [], 'encode OTLP': [] };
function timed<T>(step: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  steps[step]?.push(((performance.now() - start) * 1000) / SPANS);
  return result;
}
for (let round = 0; round < 300; round++) {
  const spans = timed('decode, check, map', () => {
    const resources = new ServiceResources();
    const mapped: Span[] = [];
    for (const v2 of decodeSpanBatch(bytes).spans) {
      if (v2SpanProblem(v2, '', options) !== null) throw new Error('bad sample');
      limitV2Span(v2, limits);
      mapped.push(spanFromV2(v2, resources));
    }
    return mapped;
  });
  timed('encode OTLP', () => encodeOtlpProtobuf(spans));
}
let total = 0;
for (const [step, times] of Object.entries(steps)) {
  const median = times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
  total += median;
  console.log(`${step.padEnd(20)} ${median.toFixed(2)} us/span`);
}
console.log(`${'all'.padEnd(20)} ${total.toFixed(2)} us/span`);
