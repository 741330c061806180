import { describe, expect, it } from 'vitest';
import { pictureSize } from './picture.ts';

describe('the size of a picture', () => {
  const view = { headerHeight: 26, rowHeight: 24 };

  it('is twice as fine as the page while that fits into a canvas', () => {
    expect(pictureSize({ ...view, rowCount: 12 })).toEqual({ rows: 12, ratio: 2 });
    expect(pictureSize({ ...view, rowCount: 400 })).toEqual({ rows: 400, ratio: 1 });
  });

  it('ends where a canvas ends, however long the trace is', () => {
    const { rows, ratio } = pictureSize({ ...view, rowCount: 1_000_000 });
    expect(ratio).toBe(1);
    expect(rows).toBeGreaterThan(600);
    expect(34 + 26 + 28 + rows * 24).toBeLessThanOrEqual(16_000);
  });
});
