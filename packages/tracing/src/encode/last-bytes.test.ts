import { describe, expect, it } from 'vitest';
import { LastBytes } from './last-bytes.ts';
import { ProtoWriter } from './proto-writer.ts';

describe('LastBytes', () => {
  it('writes what encoding would, however strings repeat and change', () => {
    const last = new LastBytes();
    const out = new ProtoWriter(16);
    let encoded = 0;
    const words = ['a', 'a', 'a', 'bé', 'a', 'bé', 'bé', 'bé', 'x'.repeat(3000), 'x'.repeat(3000), 'a'];
    for (const word of words) {
      const start = out.position;
      if (last.copy(out, word, '', 'c')) continue;
      encoded++;
      out.string(`${word}c`);
      last.keep(out, start, word, '', 'c');
    }
    const expected = new ProtoWriter(16);
    for (const word of words) expected.string(`${word}c`);
    expect(out.bytes.subarray(0, out.position)).toEqual(expected.bytes.subarray(0, expected.position));
    expect(encoded).toBe(words.length - 2);
  });

  it('tells strings apart that are the same when joined', () => {
    const last = new LastBytes();
    const out = new ProtoWriter(16);
    for (const [a, b] of [
      ['ab', 'c'],
      ['ab', 'c'],
      ['a', 'bc'],
    ] as const) {
      const start = out.position;
      if (last.copy(out, a, b, '')) continue;
      out.string(`${a}|${b}`);
      last.keep(out, start, a, b, '');
    }
    expect(out.bytes.toString('latin1', 0, out.position)).toBe('\x04ab|c\x04ab|c\x04a|bc');
  });
});

describe('ProtoWriter.hex', () => {
  it('writes digits of either case, and zeros where there is no digit: never what stood there before', () => {
    const out = new ProtoWriter(16);
    out.bytes.fill(0xff);
    out.hex('0aFFb7');
    out.hex('c0zz11');
    expect(out.bytes.toString('hex', 0, out.position)).toBe('0affb7c00000');
    out.hexDigitsOf(0, 3);
    expect(out.bytes.toString('latin1', 6, out.position)).toBe('0affb7');
  });
});

describe('ProtoWriter.closeLong', () => {
  it.each([0, 1, 127, 128, 16_383, 16_384, 300_000])(
    'gives the length of %i bytes as close does',
    (length) => {
      const long = new ProtoWriter(16);
      const short = new ProtoWriter(16);
      const body = Buffer.alloc(length, 'z');
      const start = long.openLong();
      long.raw(body);
      long.closeLong(start);
      const other = short.open();
      short.raw(body);
      short.close(other);
      expect(long.bytes.subarray(0, long.position).equals(short.bytes.subarray(0, short.position))).toBe(
        true,
      );
    },
  );
});
