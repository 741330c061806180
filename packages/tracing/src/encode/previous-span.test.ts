import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceId } from '../tracer/ids.ts';
import { PreviousSpan } from './previous-span.ts';
import { ProtoWriter } from './proto-writer.ts';
import { ATTRIBUTES, writePair } from './span-encoder.ts';

/** Few values, and each key in its place, so that much repeats. */
const KEYS = ['k', 'key', 'ключ', 'k'.repeat(90), 'last'];
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>('a', 'é') },
  fc.constantFrom<unknown>(
    'x'.repeat(200),
    'x'.repeat(20_000),
    1,
    -1,
    0,
    -0,
    Number.NaN,
    0.5,
    true,
    null,
    7n,
  ),
);
const attributes = fc
  .array(value, { maxLength: KEYS.length })
  .map((values) => values.map((given, i) => [KEYS[i] ?? '', given] as const));

describe('PreviousSpan', () => {
  it('writes what encoding each span alone would, however long spans are', () => {
    const traceIds = ['0af7651916cd43dd8448eb211c80319c', '105445aa7843bc8bf206b12000100000'];
    const span = fc.tuple(fc.constantFrom(...traceIds), attributes);
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
        const out = new ProtoWriter(16);
        const expected = new ProtoWriter(16);
        const previous = new PreviousSpan();
        for (const [traceId, pairs] of spans) {
          const start = out.openLong();
          previous.writeTraceId(out, new TraceId(traceId));
          previous.writeAttributes(out, pairs.flat());
          const end = out.position;
          out.closeLong(start);
          previous.moveBy(out.position - end);

          const expectedStart = expected.open();
          expected.hex(traceId);
          for (const [key, given] of pairs) writePair(expected, ATTRIBUTES, key, given);
          expected.close(expectedStart);
        }
        expect(out.bytes.subarray(0, out.position)).toEqual(expected.bytes.subarray(0, expected.position));
      }),
    );
  });

  it('copies nothing from a buffer that has begun anew', () => {
    const out = new ProtoWriter(16);
    const previous = new PreviousSpan();
    previous.writeAttributes(out, ['key', 'value']);
    const first = Buffer.from(out.bytes.subarray(0, out.position));
    out.shrink(0);
    out.bytes.fill(0);
    previous.forget();
    previous.writeAttributes(out, ['key', 'value']);
    expect(out.bytes.subarray(0, out.position)).toEqual(first);
  });
});
