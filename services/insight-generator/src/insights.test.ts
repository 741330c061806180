import { describe, expect, it } from 'vitest';
import { generateInsights } from './insights.ts';

const calm = {
  height: 850_000,
  transactionCount: 2000,
  inputCount: 4000,
  outputCount: 5000,
  valueMovedSats: 5e11,
  largeTransferCount: 0,
  consolidationShare: 0,
  feeRate: { p10: 1, p50: 2, p90: 4 },
};

describe('generateInsights', () => {
  it('says that fees are low when they are', () => {
    expect(generateInsights(calm)).toEqual([
      {
        id: '850000-fees_low',
        signal: 'fees_low',
        headline: 'Fees are low: 2 sat/vB gets half of the mempool mined',
        confidence: 0.5,
        evidence: { fee_rate_p50: 2 },
      },
    ]);
  });

  it('puts the surest insight first and leaves out what is hardly there', () => {
    const busy = generateInsights({
      ...calm,
      feeRate: { p10: 2, p50: 98, p90: 60 },
      largeTransferCount: 2,
      consolidationShare: 0.6,
    });
    expect(busy.map(({ signal }) => signal)).toEqual([
      'fees_high',
      'fee_spread',
      'consolidation',
      'large_transfers',
    ]);
    const confidences = busy.map(({ confidence }) => confidence);
    expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
    expect(confidences.every((confidence) => confidence >= 0.2 && confidence <= 1)).toBe(true);
  });

  it('answers for an empty mempool', () => {
    const empty = {
      ...calm,
      transactionCount: 0,
      inputCount: 0,
      outputCount: 0,
      feeRate: { p10: 0, p50: 0, p90: 0 },
    };
    expect(generateInsights(empty).map(({ signal }) => signal)).toEqual(['fees_low']);
  });
});
