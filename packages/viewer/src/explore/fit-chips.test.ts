import { describe, expect, it } from 'vitest';
import { fitChips } from './fit-chips.ts';

const room = (available: number) => ({ available, gap: 4, moreWidth: 20 });

describe('the chips of a row', () => {
  it('all stand there when they fit to the pixel', () => {
    expect(fitChips([50, 50, 50], room(158))).toBe(3);
  });
  it('leave room for what says how many are missing', () => {
    expect(fitChips([50, 50, 50], room(157))).toBe(2);
    expect(fitChips([50, 50, 50], room(127))).toBe(1);
  });
  it('are at least one, however narrow the column', () => {
    expect(fitChips([50, 50], room(10))).toBe(1);
    expect(fitChips([50], room(0))).toBe(1);
  });
});
