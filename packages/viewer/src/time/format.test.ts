import { describe, expect, it } from 'vitest';
import { formatCount, formatDuration, formatRate, formatShare } from './format.ts';

describe('formats', () => {
  it('gives durations three digits and their unit', () => {
    const cases: [number, string][] = [
      [0, '0 ms'],
      [0.000_25, '250 ns'],
      [0.0125, '12.5 µs'],
      [1.239, '1.24 ms'],
      [999.4, '999 ms'],
      [1500, '1.5 s'],
      [200_000, '3 m 20 s'],
      [7_260_000, '2 h 1 m'],
      [-3, '-3 ms'],
      [Number.NaN, '–'],
    ];
    for (const [ms, text] of cases) expect(formatDuration(ms)).toBe(text);
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
