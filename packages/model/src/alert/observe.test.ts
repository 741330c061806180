import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertRule } from './alert-rule.ts';
import { type AlertMinute, observeAlert } from './observe.ts';
import { READY_MADE_ALERT_RULES } from './ready-made-rules.ts';

const [errorRate, slow, missing] = READY_MADE_ALERT_RULES as readonly [AlertRule, AlertRule, AlertRule];
const minute = (
  at: number,
  count: number,
  errors = 0,
  durations: readonly (readonly [number, number])[] = [],
) => ({ minute: at, count, errors, durations: new Map(durations) }) satisfies AlertMinute;

const minutesOf = fc
  .uniqueArray(
    fc.record({
      at: fc.integer({ min: 0, max: 60 }),
      fast: fc.integer({ min: 0, max: 30 }),
      slow: fc.integer({ min: 0, max: 5 }),
      errors: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: ({ at }) => at, maxLength: 40 },
  )
  .map((list) =>
    list
      .filter((one) => one.fast + one.slow > 0)
      .sort((a, b) => a.at - b.at)
      .map((one) =>
        minute(one.at, one.fast + one.slow, Math.min(one.errors, one.fast + one.slow), [
          [1e6, one.fast],
          [5e9, one.slow],
        ]),
      ),
  );

describe('the value of a rule at a minute', () => {
  it('is that of the spans of its window, whatever the window', () => {
    fc.assert(
      fc.property(minutesOf, fc.integer({ min: 1, max: 12 }), (minutes, windowMinutes) => {
        const share = { ...errorRate, windowMinutes, minCount: 10 };
        const latency = { ...slow, windowMinutes, minCount: 10 };
        const range = { first: 20, last: 60 };
        const latencies = observeAlert(latency, minutes, range);
        for (const [index, seen] of observeAlert(share, minutes, range).entries()) {
          const inside = minutes.filter(
            (one) => one.minute < seen.minute && one.minute >= seen.minute - windowMinutes,
          );
          const count = inside.reduce((sum, one) => sum + one.count, 0);
          const errors = inside.reduce((sum, one) => sum + one.errors, 0);
          const all = inside
            .flatMap(({ durations }) =>
              [...durations].flatMap(([nanos, spans]) => Array<number>(spans).fill(nanos)),
            )
            .sort((a, b) => a - b);
          expect(seen.count).toBe(count);
          expect(seen.value).toBe(count === 0 ? null : (100 * errors) / count);
          expect(seen.verdict === 'no_data').toBe(count < 10);
          expect(latencies[index]?.value).toBe(
            count === 0 ? null : (all[Math.ceil(0.95 * count) - 1] ?? Number.NaN) / 1e6,
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is not judged with fewer spans than asked for: 1 of 2 requests pages nobody', () => {
    const seen = (count: number, errors: number) =>
      observeAlert(errorRate, [minute(0, count, errors)], { first: 1, last: 1 })[0];
    expect(seen(2, 1)).toMatchObject({ verdict: 'no_data', value: 50 });
    expect(seen(20, 2)).toMatchObject({ verdict: 'breach', value: 10 });
    expect(seen(100, 5)).toMatchObject({ verdict: 'between', value: 5 });
    expect(seen(100, 4)).toMatchObject({ verdict: 'clear', value: 4 });
  });

  it('of missing data is the minutes since the last span, of services that used to send', () => {
    const at = (last: number, spans: number) =>
      observeAlert(missing, [minute(100, spans)], { first: last, last })[0];
    expect(at(101, 2000)).toMatchObject({ value: 0, verdict: 'clear' });
    expect(at(115, 2000)).toMatchObject({ value: 14, verdict: 'clear' });
    expect(at(116, 2000)).toMatchObject({ value: 15, verdict: 'breach' });
    expect(at(116, 999)).toMatchObject({ verdict: 'unwatched' });
    expect(at(101 + 1440, 2000)).toMatchObject({ verdict: 'unwatched' });
    const named = observeAlert({ ...missing, service: 'api' }, [], { first: 9, last: 9 })[0];
    expect(named).toMatchObject({ value: 1440, verdict: 'breach' });
  });

  it('of the rate may be too low, and 0 is a rate', () => {
    const low: AlertRule = {
      ...errorRate,
      signal: 'request_rate',
      comparison: 'below',
      threshold: 10,
      recoveryThreshold: 12,
      service: 'api',
    };
    const rate = (count: number) => observeAlert(low, [minute(0, count)], { first: 5, last: 5 })[0];
    expect(rate(55)).toMatchObject({ value: 11, verdict: 'between' });
    expect(rate(49)).toMatchObject({ verdict: 'breach' });
    expect(rate(60)).toMatchObject({ verdict: 'clear' });
    expect(observeAlert(low, [], { first: 5, last: 5 })[0]).toMatchObject({ value: 0, verdict: 'breach' });
  });
});
