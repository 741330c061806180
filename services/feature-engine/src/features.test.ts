import { describe, expect, it } from 'vitest';
import { computeFeatures, percentile } from './features.ts';
import { estimateHeight, makeSnapshot } from './snapshot.ts';

const tx = (feeSats: number, virtualBytes: number, inputCount = 1, outputCount = 2, valueSats = 1000) => ({
  feeSats,
  virtualBytes,
  inputCount,
  outputCount,
  valueSats,
});

describe('computeFeatures', () => {
  it('counts, sums and ranks', () => {
    const features = computeFeatures({
      height: 7,
      transactions: [tx(100, 100), tx(400, 200), tx(3000, 100, 30, 1, 2e10)],
    });
    expect(features).toMatchObject({
      height: 7,
      transactionCount: 3,
      inputCount: 32,
      outputCount: 5,
      virtualBytes: 400,
      totalFeeSats: 3500,
      valueMovedSats: 20_000_002_000,
      largeTransferCount: 1,
      consolidationShare: 30 / 32,
      feeRate: { p10: 1, p50: 2, p90: 30, p99: 30 },
    });
  });

  it('answers for an empty mempool', () => {
    expect(computeFeatures({ height: 1, transactions: [] })).toMatchObject({
      transactionCount: 0,
      consolidationShare: 0,
      feeRate: { p50: 0 },
    });
  });

  it('ranks by nearest rank', () => {
    const sorted = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([0.1, 0.5, 0.9, 0.99].map((share) => percentile(sorted, share))).toEqual([1, 5, 9, 10]);
  });
});

describe('makeSnapshot', () => {
  it('is the same for the same height and differs between heights', () => {
    expect(makeSnapshot(850_000)).toEqual(makeSnapshot(850_000));
    expect(makeSnapshot(850_000)).not.toEqual(makeSnapshot(850_001));
  });

  it('makes transactions that could exist', () => {
    for (const { feeSats, virtualBytes, inputCount, outputCount, valueSats } of makeSnapshot(1)
      .transactions) {
      expect(feeSats / virtualBytes).toBeGreaterThan(0.99);
      expect(Math.min(inputCount, outputCount)).toBeGreaterThanOrEqual(1);
      expect(Number.isSafeInteger(valueSats) && valueSats <= 21e14).toBe(true);
    }
  });

  it('knows about where the chain is', () => {
    expect(estimateHeight(Date.UTC(2024, 3, 20))).toBe(840_000);
  });
});
