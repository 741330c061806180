import { encodeOtlpProtobuf } from '@utxoiq/model';
import {
  CLOUD_TRACE_LIMITS,
  emptyMessage,
  encodeMessage,
  ServiceResources,
  spanFromV2,
  transcodeBatch,
  type V2Span,
  V2SpanType,
} from '@utxoiq/model/cloud-trace';
import { describe, expect, it } from 'vitest';
import { testService } from '../../test/cloud-trace/test-app.ts';
import type { IngestAnswer } from './cloud-trace-deps.ts';

const options = { projectId: 'p', limits: CLOUD_TRACE_LIMITS.backend };
const span = (digit: string, change: Partial<V2Span> = {}): V2Span => ({
  ...emptyMessage(V2SpanType),
  name: `projects/p/traces/${digit.repeat(32)}/spans/${digit.repeat(16)}`,
  spanId: digit.repeat(16),
  displayName: { value: digit, truncatedByteCount: 0 },
  startTime: 1n,
  endTime: 2n,
  ...change,
});
const bytesOf = (v2: V2Span) => encodeMessage(V2SpanType, v2);
const mapped = (...spans: V2Span[]) =>
  encodeOtlpProtobuf(spans.map((v2) => spanFromV2(v2, new ServiceResources())));

/** A service whose collector takes bytes, and keeps them. */
function takingBytes(answer: IngestAnswer = { status: 'accepted' }) {
  const taken: { otlp: Buffer; spanCount: number; projectId: string }[] = [];
  const { service, reader } = testService({
    ingestOtlp: async (otlp, spanCount, projectId) => {
      taken.push({ otlp: Buffer.from(otlp), spanCount, projectId });
      return answer;
    },
  });
  const write = (...spans: V2Span[]) => service.batchWriteProtobuf('p', spans.map(bytesOf), { token: null });
  return { write, taken, reader, service };
}

describe('BatchWriteSpans in protobuf', () => {
  const plain = [span('a'), span('c')];
  const withCode = () => span('b', { status: { code: 5, message: 'gone', details: [] } });

  it('hands plain spans on as bytes, and the others in one request with them', async () => {
    const { write, taken, reader } = takingBytes();
    await write(...plain);
    await write(...plain, withCode());
    const copied = Buffer.from(transcodeBatch(plain.map(bytesOf), options).otlp);
    expect(copied.equals(mapped(...plain))).toBe(true);
    expect(taken).toEqual([
      { otlp: copied, spanCount: 2, projectId: 'p' },
      { otlp: Buffer.concat([copied, mapped(withCode())]), spanCount: 3, projectId: 'p' },
    ]);
    await write(withCode());
    await write();
    expect(taken).toHaveLength(2);
    expect(reader.spans.map(({ spanId }) => spanId)).toEqual(['b'.repeat(16)]);
  });

  it('takes all or nothing, and says which span it was', async () => {
    const { write, taken, reader } = takingBytes();
    const refused = write(span('a'), span('b', { parentSpanId: 'xyz' }), span('c', { endTime: null }));
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'spans[1].parent_span_id', description: 'Invalid parent id!' }],
    });
    expect([taken, reader.spans]).toEqual([[], []]);
  });

  it('passes on that the collector is busy, or refuses', async () => {
    await expect(takingBytes({ status: 'busy', retryAfterMs: 50 }).write(...plain)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterMs: 50,
    });
    await expect(takingBytes({ status: 'rejected', reason: 'no' }).write(...plain)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'no',
    });
  });

  it('counts before it reads', async () => {
    const { service } = takingBytes();
    const many = new Array<Uint8Array>(25_001).fill(new Uint8Array(0));
    await expect(service.batchWriteProtobuf('p', many, { token: null })).rejects.toMatchObject({
      violations: [{ field: 'spans' }],
    });
  });
});
