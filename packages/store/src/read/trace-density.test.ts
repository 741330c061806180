import { describe, expect, it } from 'vitest';
import { TraceDensity } from './trace-density.ts';

const SECOND = 1_000_000_000n;

describe('the window in which a page of the newest traces is looked for first', () => {
  it('is two minutes before anything is known', () => {
    expect(new TraceDensity().windowOf(40)).toBe(120n * SECOND);
  });

  it('is twice as long as so many traces reached back in the last list', () => {
    const density = new TraceDensity();
    density.learn(21, 3n * SECOND, 4n * SECOND);
    expect(density.windowOf(40)).toBe(2n * (3n * SECOND + 8n * SECOND));
  });

  it('is at least a tenth of a second and at most two minutes', () => {
    const density = new TraceDensity();
    density.learn(1000, -5n * SECOND, 1000n);
    expect(density.windowOf(40)).toBe(SECOND / 10n);
    density.learn(2, 0n, 3600n * SECOND);
    expect(density.windowOf(40)).toBe(120n * SECOND);
    density.learn(1, 0n, 0n);
    expect(density.windowOf(40)).toBe(120n * SECOND);
  });
});
