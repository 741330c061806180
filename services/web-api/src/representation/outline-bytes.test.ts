import { buildOutline, decodeOutline } from '@utxoiq/model';
import { describe, expect, it } from 'vitest';
import { makeSpan } from '../../test/memory-source.ts';
import { outlineBytes } from './outline-bytes.ts';

describe('outlineBytes', () => {
  const outline = buildOutline([
    makeSpan(),
    makeSpan({ spanId: '1'.repeat(16), parentSpanId: makeSpan().spanId }),
  ]);

  it('gives the same bytes here and in a worker', async () => {
    const here = await outlineBytes(outline);
    expect(decodeOutline(new Uint8Array(here)).size).toBe(2);
    expect((await outlineBytes(outline, 1)).equals(here)).toBe(true);
  });

  it('rejects when the worker fails', async () => {
    await expect(outlineBytes({ ...outline, spanIds: null as never }, 1)).rejects.toThrow();
  });
});
