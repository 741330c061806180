import { describe, expect, it } from 'vitest';
import { differenceScore, rankDifferences } from './rank-differences.ts';

describe('rankDifferences', () => {
  const sizes = { selected: 100, baseline: 10_000 };

  it('ranks what explains the selection first and leaves out what may be chance', () => {
    const ranked = rankDifferences(
      [
        { key: 'region', value: 'eu', selected: 50, baseline: 5000 },
        { key: 'version', value: '2', selected: 95, baseline: 300 },
        { key: 'user', value: 'x', selected: 2, baseline: 100 },
        { key: 'status', value: '500', selected: 60, baseline: 300 },
        { key: 'cached', value: 'true', selected: 0, baseline: 7000 },
      ],
      sizes,
    );
    expect(ranked.map(({ key }) => key)).toEqual(['version', 'cached', 'status']);
    expect(ranked[0]).toMatchObject({ value: '2', selectedShare: 0.95, baselineShare: 0.03 });
  });

  it('trusts a share of many more than the same share of few', () => {
    const few = differenceScore(3, 0, { selected: 3, baseline: 1000 });
    const many = differenceScore(300, 0, { selected: 300, baseline: 1000 });
    expect(few).toBeGreaterThan(0);
    expect(many).toBeGreaterThan(few);
    expect(differenceScore(1, 0, { selected: 1, baseline: 1 })).toBe(0);
  });

  it('stays between 0 and 1, also for empty populations, and is limited and steady', () => {
    expect(differenceScore(0, 0, { selected: 0, baseline: 0 })).toBe(0);
    expect(differenceScore(1e6, 0, { selected: 1e6, baseline: 1e6 })).toBeLessThan(1);
    const tied = ['b', 'a', 'c'].map((value) => ({ key: 'k', value, selected: 90, baseline: 0 }));
    expect(rankDifferences(tied, sizes, 2).map(({ value }) => value)).toEqual(['a', 'b']);
  });
});
