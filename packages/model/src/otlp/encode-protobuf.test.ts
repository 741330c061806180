import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { span } from '../../test/arbitraries.ts';
import { decodeOtlpProtobufSlowly } from '../../test/protobuf-oracle.ts';
import { encodeOtlpProtobuf } from './encode-protobuf.ts';

describe('encodeOtlpProtobuf', () => {
  it('writes nothing for no spans', () => {
    expect(encodeOtlpProtobuf([])).toEqual(new Uint8Array());
  });

  it('is read back exactly by an independent decoder, whatever the spans hold', () => {
    fc.assert(
      fc.property(span, (one) => {
        expect(decodeOtlpProtobufSlowly(encodeOtlpProtobuf([one]), 'p')).toEqual([one]);
      }),
      { numRuns: 300 },
    );
  });

  it('writes an equal resource and scope once, even from different objects', () => {
    const [one] = fc.sample(span, 1);
    if (one === undefined) throw new Error('no sample');
    const big = { ...one, name: 'x'.repeat(5000) };
    const copies = [one, { ...big, resource: { ...one.resource }, scope: { ...one.scope } }, one];
    const bytes = encodeOtlpProtobuf(copies);
    expect(decodeOtlpProtobufSlowly(bytes, 'p')).toEqual([one, big, one]);
    expect(new Set(decodeOtlpProtobufSlowly(bytes, 'p').map(({ scope }) => scope)).size).toBe(1);
  });
});
