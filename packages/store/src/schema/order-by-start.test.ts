import { describe, expect, it } from 'vitest';
import { slices } from './order-by-start.ts';

describe('slices', () => {
  it('puts whole minutes together as long as they are small', () => {
    expect([...slices([10, 11, 15, 16], [90_000, 90_000, 30_000, 200_000])]).toEqual([
      { from: 10, to: 11, part: 0, parts: 1 },
      { from: 15, to: 15, part: 0, parts: 1 },
      { from: 16, to: 16, part: 0, parts: 1 },
    ]);
  });

  it('cuts a minute that is too large', () => {
    expect([...slices([7, 9], [1, 500_000])]).toEqual([
      { from: 7, to: 7, part: 0, parts: 1 },
      { from: 9, to: 9, part: 0, parts: 3 },
      { from: 9, to: 9, part: 1, parts: 3 },
      { from: 9, to: 9, part: 2, parts: 3 },
    ]);
  });

  it('has none where there are no spans', () => {
    expect([...slices([], [])]).toEqual([]);
  });
});
