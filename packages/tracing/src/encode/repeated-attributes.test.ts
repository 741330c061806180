import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtoWriter } from './proto-writer.ts';
import { RepeatedAttributes } from './repeated-attributes.ts';
import { ATTRIBUTES, writePair } from './span-encoder.ts';

/** Few values, and each key in its place, so that much repeats. */
const KEYS = ['k', 'key', 'ключ', 'k'.repeat(90), 'last'];
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>('a', 'é') },
  fc.constantFrom<unknown>('x'.repeat(200), 1, -1, 0, -0, Number.NaN, 0.5, true, null, 7n),
);
const attributes = fc
  .array(value, { maxLength: KEYS.length })
  .map((values) => values.map((given, i) => [KEYS[i] ?? '', given] as const));

describe('RepeatedAttributes', () => {
  it('writes what encoding each span alone would', () => {
    fc.assert(
      fc.property(fc.array(attributes, { maxLength: 12 }), (spans) => {
        const out = new ProtoWriter(16);
        const expected = new ProtoWriter(16);
        const repeated = new RepeatedAttributes();
        for (const span of spans) {
          // Something else stands between the attributes of two spans.
          for (const writer of [out, expected]) writer.string('between');
          repeated.write(out, span.flat());
          for (const [key, given] of span) writePair(expected, ATTRIBUTES, key, given);
        }
        expect(out.bytes.subarray(0, out.position)).toEqual(expected.bytes.subarray(0, expected.position));
      }),
    );
  });

  it('copies nothing from a buffer that has begun anew', () => {
    const out = new ProtoWriter(16);
    const repeated = new RepeatedAttributes();
    repeated.write(out, ['key', 'value']);
    const first = Buffer.from(out.bytes.subarray(0, out.position));
    out.shrink(0);
    out.bytes.fill(0);
    repeated.forget();
    repeated.write(out, ['key', 'value']);
    expect(out.bytes.subarray(0, out.position)).toEqual(first);
  });
});
