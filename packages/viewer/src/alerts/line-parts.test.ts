import { describe, expect, it } from 'vitest';
import { lineParts, scaleTo } from './line-parts.ts';

const identity = (value: number) => value;

describe('the line of a value', () => {
  it('is broken where there were no spans, and a single minute still shows', () => {
    expect(lineParts([1, 2, null, 3, null], { width: 4, scale: identity })).toEqual([
      '0.0,1.0 1.0,2.0',
      '3.0,3.0 4.5,3.0',
    ]);
    expect(lineParts([], { width: 4, scale: identity })).toEqual([]);
    expect(lineParts([null], { width: 4, scale: identity })).toEqual([]);
  });

  it('keeps a peak of one minute in a day', () => {
    const day = Array<number | null>(1440).fill(1);
    day[701] = 90;
    const [part = ''] = lineParts(day, { width: 1439, scale: identity });
    expect(part.split(' ').length).toBeLessThanOrEqual(360);
    expect(part).toContain('701.0,90.0');
  });

  it('has room for the threshold and for the values, also when all are 0', () => {
    const scale = scaleTo([5, null, 50], 100, 100);
    expect(scale(100)).toBeGreaterThan(0);
    expect(scale(0)).toBe(98);
    expect(scaleTo([], 0, 100)(0)).toBe(98);
  });
});
