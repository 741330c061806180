import { describe, expect, it } from 'vitest';
import { parseSpanId, parseTraceId, spanIdFromBigInt, spanIdToBigInt } from './ids.ts';

describe('ids', () => {
  it('lowers case and refuses wrong lengths, other digits and zero', () => {
    expect(parseTraceId('0AF7651916CD43DD8448EB211C80319C')).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(parseSpanId('00F067AA0BA902B7')).toBe('00f067aa0ba902b7');
    for (const bad of ['', '0'.repeat(32), 'g'.repeat(32), 'a'.repeat(31), `${'a'.repeat(32)}\n`]) {
      expect(parseTraceId(bad)).toBeNull();
    }
    for (const bad of ['', '0'.repeat(16), 'a'.repeat(17), ` ${'a'.repeat(15)}`]) {
      expect(parseSpanId(bad)).toBeNull();
    }
  });

  it('turns span ids into numbers and back', () => {
    expect(spanIdToBigInt('ffffffffffffffff')).toBe(2n ** 64n - 1n);
    expect(spanIdFromBigInt(74n)).toBe('000000000000004a');
  });
});
