import { READY_MADE_ALERT_RULES } from '@utxoiq/model/alert';
import { describe, expect, it } from 'vitest';
import { quietText } from './alert-words.ts';

const [errorRate, latency, missing] = READY_MADE_ALERT_RULES;

describe('why a rule kept quiet', () => {
  it('is that there were too few spans', () => {
    if (errorRate === undefined || latency === undefined) throw new Error('there are ready-made rules');
    expect(quietText(errorRate, { withheld_minutes: 12, values: [50, null] })).toBe(
      '12 minutes had an error rate above 5 % but fewer than 20 spans in the 5 min before: too few to fire.',
    );
    expect(quietText(latency, { withheld_minutes: 1, values: [5000] })).toMatch(
      /^1 minute had a p\d+ latency above /,
    );
    expect(quietText(errorRate, { withheld_minutes: 0, values: [1, null] })).toBeNull();
  });

  it('is that nothing is expected of a service that hardly sends', () => {
    if (missing === undefined) throw new Error('there are ready-made rules');
    expect(quietText(missing, { withheld_minutes: 0, values: [null, null] })).toBe(
      'Not watched: it had fewer than 1,000 spans in 24 hours.',
    );
    expect(quietText(missing, { withheld_minutes: 0, values: [null, 3] })).toBeNull();
  });
});
