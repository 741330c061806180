import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompress } from './decompress.ts';

const MIB = 1024 * 1024;
const ENCODERS = { gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync };
/** Numbers in a row: shrink, but not to nothing. */
const body = (bytes: number): Buffer =>
  Buffer.from(Uint32Array.from({ length: Math.ceil(bytes / 4) }, (_, index) => index).buffer, 0, bytes);

describe('decompress', () => {
  const sizes = [0, 1, 64, 16_384, 65_536, MIB - 64, MIB, MIB + 1, 3 * MIB];
  it.each(Object.entries(ENCODERS))('gives back what was compressed with %s', async (encoding, encode) => {
    for (const size of sizes) {
      const back = await decompress(encode(body(size)), encoding, 4 * MIB);
      expect(body(size).equals(back), `${size} bytes`).toBe(true);
    }
  });

  it.each(Object.entries(ENCODERS))(
    'stops %s at the limit, and takes what just fits',
    async (encoding, encode) => {
      for (const size of [1_000, 2 * MIB]) {
        const compressed = encode(body(size));
        expect((await decompress(compressed, encoding, size)).length).toBe(size);
        await expect(decompress(compressed, encoding, size - 1)).rejects.toThrow('decompresses to more than');
      }
    },
  );

  it('does not believe the size that a gzip body claims', async () => {
    const lying = gzipSync(body(100_000));
    lying.writeUInt32LE(0xffffffff, lying.length - 4);
    await expect(decompress(lying, 'gzip', MIB)).rejects.toThrow('incorrect length check');
    const two = Buffer.concat([gzipSync(body(100_000)), gzipSync(body(5))]);
    expect((await decompress(two, 'gzip', MIB)).length).toBe(100_005);
  });

  it('refuses what is cut off or nothing of the kind', async () => {
    for (const [encoding, encode] of Object.entries(ENCODERS)) {
      const cut = encode(body(100_000)).subarray(0, -5);
      await expect(decompress(cut, encoding, MIB), encoding).rejects.toThrow('cannot be decompressed');
      await expect(decompress(Buffer.from('spans'), encoding, MIB), encoding).rejects.toThrow(
        'cannot be decompressed',
      );
    }
  });
});
