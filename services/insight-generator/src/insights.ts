/** What feature-engine computed. Fee rates in satoshi per virtual byte. */
export interface Features {
  readonly height: number;
  readonly transactionCount: number;
  readonly inputCount: number;
  readonly outputCount: number;
  readonly valueMovedSats: number;
  readonly largeTransferCount: number;
  readonly consolidationShare: number;
  readonly feeRate: { readonly p10: number; readonly p50: number; readonly p90: number };
}

export interface Insight {
  readonly id: string;
  readonly signal: string;
  readonly headline: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** The numbers it rests on. */
  readonly evidence: Readonly<Record<string, number>>;
}

type Draft = Omit<Insight, 'id'>;
const rules: readonly ((features: Features) => Draft | null)[] = [
  feePressure,
  feeSpread,
  largeTransfers,
  consolidation,
];
const minConfidence = 0.2;

/** The insights that the features support, the surest first. */
export function generateInsights(features: Features): readonly Insight[] {
  return rules
    .map((rule) => rule(features))
    .filter((draft) => draft !== null)
    .filter((draft) => draft.confidence >= minConfidence)
    .sort((a, b) => b.confidence - a.confidence)
    .map((draft) => ({ id: `${features.height}-${draft.signal}`, ...draft }));
}

function feePressure({ feeRate }: Features): Draft {
  const rate = round(feeRate.p50, 1);
  const evidence = { fee_rate_p50: rate };
  if (feeRate.p50 < 8) {
    return {
      signal: 'fees_low',
      headline: `Fees are low: ${rate} sat/vB gets half of the mempool mined`,
      confidence: score(8 - feeRate.p50, 6),
      evidence,
    };
  }
  return {
    signal: 'fees_high',
    headline: `Fees are rising: the median bid is ${rate} sat/vB`,
    confidence: score(feeRate.p50 - 8, 10),
    evidence,
  };
}

function feeSpread({ feeRate }: Features): Draft | null {
  if (feeRate.p10 <= 0) return null;
  const ratio = feeRate.p90 / feeRate.p10;
  return {
    signal: 'fee_spread',
    headline: `Bids are far apart: the top tenth pays ${round(ratio, 1)} times the bottom tenth`,
    confidence: score(ratio - 4, 8),
    evidence: { fee_rate_p10: round(feeRate.p10, 1), fee_rate_p90: round(feeRate.p90, 1) },
  };
}

function largeTransfers({ largeTransferCount, transactionCount, valueMovedSats }: Features): Draft | null {
  if (largeTransferCount === 0) return null;
  return {
    signal: 'large_transfers',
    headline: `${largeTransferCount} transfers of 100 BTC or more wait, of ${Math.round(valueMovedSats / 1e8)} BTC in all`,
    confidence: score((largeTransferCount / transactionCount) * 1000, 4),
    evidence: { large_transfer_count: largeTransferCount, value_moved_btc: round(valueMovedSats / 1e8, 2) },
  };
}

function consolidation({ consolidationShare, inputCount, outputCount }: Features): Draft {
  return {
    signal: 'consolidation',
    headline: `Wallets consolidate: ${Math.round(consolidationShare * 100)} % of all inputs are swept into single outputs`,
    confidence: score(consolidationShare, 0.6),
    evidence: {
      consolidation_share: round(consolidationShare, 3),
      input_count: inputCount,
      output_count: outputCount,
    },
  };
}

/** How far a value stands out, against what is much: 0 at nothing, 0.5 at `half`, towards 1. */
function score(value: number, half: number): number {
  return round(Math.max(0, value) / (Math.max(0, value) + half), 3);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
