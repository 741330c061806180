/**
 * From span id to row. Open addressing over the ids' 32-bit halves: a Map of bigint takes three times as
 * long. Seeded, so that nobody can choose ids that collide.
 */
export class SpanIndex {
  readonly #words: Uint32Array;
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #seed = Math.floor(Math.random() * 0xffff_ffff);
  /** The next row with the same id, -1 for the last; null while every id is unique. */
  #nextSame: Int32Array | null = null;

  constructor(spanIds: BigUint64Array) {
    const size = spanIds.length;
    this.#words = halves(spanIds);
    this.#mask = 2 ** Math.ceil(Math.log2(Math.max(2, size * 2))) - 1;
    this.#slots = new Int32Array(this.#mask + 1).fill(-1);
    // From the last to the first, so that chains of equal ids run from the first row on.
    for (let row = size - 1; row >= 0; row--) this.#insert(row, size);
  }

  get hasDuplicates(): boolean {
    return this.#nextSame !== null;
  }

  /** The first row whose id stands at `index` of `ids`; -1 if there is none. */
  find(ids: Uint32Array, index: number): number {
    return this.#slots[this.#slotOf(ids[index * 2] ?? 0, ids[index * 2 + 1] ?? 0)] ?? -1;
  }

  /** The next row with the same id as `row`; -1 if there is none. */
  nextSame(row: number): number {
    return this.#nextSame?.[row] ?? -1;
  }

  #insert(row: number, size: number): void {
    const slot = this.#slotOf(this.#words[row * 2] ?? 0, this.#words[row * 2 + 1] ?? 0);
    const same = this.#slots[slot] ?? -1;
    if (same >= 0) {
      this.#nextSame ??= new Int32Array(size).fill(-1);
      this.#nextSame[row] = same;
    }
    this.#slots[slot] = row;
  }

  #slotOf(low: number, high: number): number {
    for (let slot = this.#hash(low, high) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const row = this.#slots[slot] ?? -1;
      if (row < 0 || (this.#words[row * 2] === low && this.#words[row * 2 + 1] === high)) return slot;
    }
  }

  /** MurmurHash3's finaliser over both halves. */
  #hash(low: number, high: number): number {
    let hash = Math.imul(low ^ this.#seed, 0x85eb_ca6b) ^ high;
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2_ae35);
    hash = Math.imul(hash ^ (hash >>> 13), 0x85eb_ca6b);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

/** Ids as pairs of 32-bit halves, without a bigint each. */
export function halves(ids: BigUint64Array): Uint32Array {
  return new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2);
}
