// What one BatchWriteSpans costs before it reaches the log, CPU time by way: node bench/cloud-trace/map.ts
// Plain spans are copied over; what must be cut, refused or mapped is decoded, mapped and encoded again.
import { encodeOtlpProtobuf } from '@utxoiq/model';
import {
  CLOUD_TRACE_LIMITS,
  decodeMessage,
  encodeMessage,
  limitV2Span,
  ServiceResources,
  spanFromV2,
  splitSpanBatch,
  transcodeBatch,
  V2BatchWriteSpansRequestType,
  V2SpanType,
  v2SpanProblem,
} from '@utxoiq/model/cloud-trace';
import { sampleSpans } from './sample-spans.ts';

const SPANS = 500;
const ROUNDS = 600;
// A Buffer, as gRPC gives it.
const bytes = Buffer.from(
  encodeMessage(V2BatchWriteSpansRequestType, { name: 'projects/bench', spans: sampleSpans(SPANS) }),
);
const limits = CLOUD_TRACE_LIMITS.backend;
const options = { projectId: 'bench', limits, nowUnixNano: BigInt(Date.now()) * 1_000_000n };

function mapped(): Uint8Array {
  const resources = new ServiceResources();
  const spans = splitSpanBatch(bytes).spans.map((span) => {
    const v2 = decodeMessage(V2SpanType, span);
    if (v2SpanProblem(v2, '', options) !== null) throw new Error('bad sample');
    limitV2Span(v2, limits);
    return spanFromV2(v2, resources);
  });
  return encodeOtlpProtobuf(spans);
}

function copied(): Uint8Array {
  const { otlp, others } = transcodeBatch(splitSpanBatch(bytes).spans, options);
  if (others.length > 0) throw new Error('bad sample');
  return otlp;
}

if (!Buffer.from(copied()).equals(mapped())) throw new Error('the two ways differ');
for (const [name, work] of [
  ['decoded, mapped, encoded', mapped],
  ['copied', copied],
] as const) {
  for (let round = 0; round < 100; round++) work();
  const { user, system } = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) work();
  const used = process.cpuUsage({ user, system });
  console.log(`${name.padEnd(26)} ${((used.user + used.system) / ROUNDS / SPANS).toFixed(2)} us CPU/span`);
}
