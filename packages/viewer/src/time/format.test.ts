import { describe, expect, it } from 'vitest';
import { formatCount, formatDuration, formatRate, formatShare } from './format.ts';

describe('formats', () => {
  it('takes durations in milliseconds', () => {
    expect([1.239, 1500, Number.NaN].map(formatDuration)).toEqual(['1.24 ms', '1.5 s', '–']);
  });

  it('shortens counts, rates and shares', () => {
    expect([formatCount(9999), formatCount(12_345), formatCount(2_000_000)]).toEqual([
      '9,999',
      '12.3 k',
      '2 M',
    ]);
    expect([formatRate(0), formatRate(0.05), formatRate(12.34)]).toEqual(['0/s', '3/min', '12.3/s']);
    expect([formatShare(0.0001), formatShare(0.5), formatShare(1)]).toEqual(['<0.1 %', '50 %', '100 %']);
  });
});
