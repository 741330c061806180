import { describe, expect, it } from 'vitest';
import { linearTicks, logPosition, logTicks, mixColors, timeTicks } from './scale.ts';

describe('scales', () => {
  it('puts linear ticks at round numbers', () => {
    expect(linearTicks(97, 4)).toEqual([0, 50]);
    expect(linearTicks(10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(linearTicks(0, 5)).toEqual([0]);
  });

  it('puts logarithmic ticks at powers of ten', () => {
    expect(logTicks(0.5, 2000, 6)).toEqual([1, 10, 100, 1000]);
    expect(logTicks(1, 1e6, 3)).toEqual([1, 1000, 1e6]);
  });

  it('puts time ticks at human distances, never more than asked for', () => {
    const start = Date.UTC(2026, 0, 1, 0, 0, 7);
    const ticks = timeTicks(start, start + 3_600_000, 6);
    expect(ticks.length).toBeLessThanOrEqual(7);
    expect(new Set(ticks.map((tick) => tick % 600_000))).toEqual(new Set([0]));
  });

  it('clamps logarithmic positions and mixes colours', () => {
    expect([logPosition(0, 1, 100), logPosition(10, 1, 100), logPosition(1e9, 1, 100)]).toEqual([0, 0.5, 1]);
    expect(mixColors('#000000', '#ff8000', 0.5)).toBe('rgb(128 64 0)');
  });
});
