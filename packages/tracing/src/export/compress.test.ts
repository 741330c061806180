import { randomBytes } from 'node:crypto';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compress } from './compress.ts';

const text = Buffer.from('GET /api/v1/insights/:id '.repeat(200));

describe('compress', () => {
  it.each([
    ['gzip', gunzipSync],
    ['zstd', zstdDecompressSync],
  ] as const)('packs with %s', async (compression, unpack) => {
    const { body, encoding } = await compress(text, compression);
    expect(encoding).toBe(compression);
    expect(body.length).toBeLessThan(text.length / 6);
    expect(unpack(body).equals(text)).toBe(true);
  });

  it.each([
    ['none was asked for', text, 'none'],
    ['it is small', text.subarray(0, 500), 'zstd'],
    ['it would not get smaller', randomBytes(4096), 'gzip'],
  ] as const)('leaves it as it is when %s', async (_when, given, compression) => {
    expect(await compress(given, compression)).toEqual({ body: given, encoding: 'none' });
  });
});
