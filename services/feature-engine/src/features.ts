import type { Snapshot, Transaction } from './snapshot.ts';

/** What insight-generator judges by. Fee rates in satoshi per virtual byte. */
export interface Features {
  readonly height: number;
  readonly transactionCount: number;
  readonly inputCount: number;
  readonly outputCount: number;
  readonly virtualBytes: number;
  readonly totalFeeSats: number;
  readonly valueMovedSats: number;
  /** Transactions that move 100 BTC or more. */
  readonly largeTransferCount: number;
  /** Share of all inputs that go into transactions with 20 or more of them and one output. */
  readonly consolidationShare: number;
  readonly feeRate: {
    readonly p10: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
  };
}

const largeTransferSats = 100 * 1e8;

export function computeFeatures({ height, transactions }: Snapshot): Features {
  const inputCount = sum(transactions, (tx) => tx.inputCount);
  const consolidating = transactions.filter((tx) => tx.inputCount >= 20 && tx.outputCount === 1);
  const rates = Float64Array.from(transactions, (tx) => tx.feeSats / tx.virtualBytes).sort();
  return {
    height,
    transactionCount: transactions.length,
    inputCount,
    outputCount: sum(transactions, (tx) => tx.outputCount),
    virtualBytes: sum(transactions, (tx) => tx.virtualBytes),
    totalFeeSats: sum(transactions, (tx) => tx.feeSats),
    valueMovedSats: sum(transactions, (tx) => tx.valueSats),
    largeTransferCount: transactions.filter((tx) => tx.valueSats >= largeTransferSats).length,
    consolidationShare: inputCount === 0 ? 0 : sum(consolidating, (tx) => tx.inputCount) / inputCount,
    feeRate: {
      p10: percentile(rates, 0.1),
      p50: percentile(rates, 0.5),
      p90: percentile(rates, 0.9),
      p99: percentile(rates, 0.99),
    },
  };
}

/** Nearest-rank percentile of sorted values; 0 when there are none. */
export function percentile(sorted: Float64Array, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? 0;
}

function sum(transactions: readonly Transaction[], of: (tx: Transaction) => number): number {
  return transactions.reduce((total, tx) => total + of(tx), 0);
}
