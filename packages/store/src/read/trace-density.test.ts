import { describe, expect, it } from 'vitest';
import { TraceDensity } from './trace-density.ts';

const SECOND = 1_000_000_000n;

describe('the window in which a page of the newest traces is looked for first', () => {
  it('is two minutes before anything is known', () => {
    expect(new TraceDensity().windowOf(40)).toBe(120n * SECOND);
  });

  it('is twice as long as so many traces reached back in the last list', () => {
    const density = new TraceDensity();
    density.learn({ traces: 21, spans: 168, lagNanos: 3n * SECOND, extentNanos: 4n * SECOND });
    expect(density.windowOf(40)).toBe(2n * (3n * SECOND + 8n * SECOND));
  });

  it('is at least a tenth of a second and at most two minutes', () => {
    const density = new TraceDensity();
    density.learn({ traces: 1000, spans: 1000, lagNanos: -5n * SECOND, extentNanos: 1000n });
    expect(density.windowOf(40)).toBe(SECOND / 10n);
    density.learn({ traces: 2, spans: 2, lagNanos: 0n, extentNanos: 3600n * SECOND });
    expect(density.windowOf(40)).toBe(120n * SECOND);
    density.learn({ traces: 1, spans: 1, lagNanos: 0n, extentNanos: 0n });
    expect(density.windowOf(40)).toBe(120n * SECOND);
  });

  it('holds as many spans as the traces of the last list let expect', () => {
    const density = new TraceDensity();
    expect(density.spansIn(SECOND)).toBe(Number.POSITIVE_INFINITY);
    density.learn({ traces: 21, spans: 168, lagNanos: 0n, extentNanos: 2n * SECOND });
    expect(density.spansIn(5n * SECOND)).toBe(400);
    density.learn({ traces: 21, spans: 168, lagNanos: 0n, extentNanos: 0n });
    expect(density.spansIn(5n * SECOND)).toBe(Number.POSITIVE_INFINITY);
  });
});
