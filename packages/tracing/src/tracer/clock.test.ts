import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOf, epochWordsOf } from './clock.ts';

describe('epochWordsOf', () => {
  it('tells the time that epochOf tells, within 2 ns, for thirty years of a process', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ms) => {
        const [seconds, nanos] = epochOf(ms);
        const expected = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
        const [high, low] = epochWordsOf(ms);
        const difference = Number(BigInt(high) * 2n ** 32n + BigInt(low) - expected);
        expect(Math.abs(difference)).toBeLessThanOrEqual(ms < 4e9 ? 2 : 128);
        expect(low).toBeLessThan(2 ** 32);
      }),
    );
  });

  it('never runs backwards', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e10, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (ms, more) => {
          const [high, low] = [...epochWordsOf(ms)];
          const [laterHigh, laterLow] = epochWordsOf(ms + more);
          expect(laterHigh * 2 ** 32 + laterLow).toBeGreaterThanOrEqual((high ?? 0) * 2 ** 32 + (low ?? 0));
        },
      ),
    );
  });
});
