/** One transaction, with what the features need. */
export interface Transaction {
  readonly feeSats: number;
  readonly virtualBytes: number;
  readonly inputCount: number;
  readonly outputCount: number;
  readonly valueSats: number;
}

/** The transactions waiting after a block. */
export interface Snapshot {
  readonly height: number;
  readonly transactions: readonly Transaction[];
}

/**
 * A mempool as it could stand after the block at `height`: made here, the same for the same height. Fee rates
 * and values are log-normal, sizes follow from the inputs and outputs (BIP 141 weights of P2WPKH).
 */
export function makeSnapshot(height: number): Snapshot {
  const random = mulberry32(height);
  const pressure = 0.5 + random() * 4; // How full blocks are: moves all fee rates.
  const count = 1500 + Math.floor(random() * 3000);
  const transactions = Array.from({ length: count }, () => makeTransaction(random, pressure));
  return { height, transactions };
}

function makeTransaction(random: () => number, pressure: number): Transaction {
  const isConsolidation = random() < 0.03;
  const inputCount = isConsolidation ? 20 + Math.floor(random() * 180) : 1 + Math.floor(random() ** 3 * 8);
  const outputCount = isConsolidation ? 1 : 1 + Math.floor(random() ** 2 * 6);
  const virtualBytes = Math.ceil(10.5 + 68 * inputCount + 31 * outputCount);
  const satsPerVbyte = Math.max(1, logNormal(random, Math.log(4 * pressure), 0.8));
  return {
    feeSats: Math.round(virtualBytes * satsPerVbyte),
    virtualBytes,
    inputCount,
    outputCount,
    valueSats: Math.round(Math.min(logNormal(random, Math.log(5_000_000), 2), 2e12)),
  };
}

function logNormal(random: () => number, mu: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(mu + sigma * normal);
}

/** A small seeded generator (public domain, Tommy Ettinger): good enough for made-up transactions. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const halving2024 = { height: 840_000, atMs: Date.UTC(2024, 3, 20) };

/** About where the chain is: ten minutes a block since the halving of April 2024. */
export function estimateHeight(nowMs: number): number {
  return halving2024.height + Math.floor((nowMs - halving2024.atMs) / 600_000);
}
