import { at } from './forest.ts';

/**
 * Lanes with the time each is taken until, as a segment tree of minima: the first free lane from a given one
 * is found in O(log n), where trying one after the other is quadratic for thousands of parallel spans.
 */
export class FirstFreeLane {
  #capacity = 64;
  #minima = new Float64Array(128).fill(Number.NEGATIVE_INFINITY);

  /** The first lane from `from` on that is free at `time`. */
  find(from: number, time: number): number {
    while (from >= this.#capacity) this.#grow();
    // Up from the leaf, to the right, until a subtree holds a free lane, then down to its first.
    let node = from + this.#capacity;
    while (at(this.#minima, node) > time) {
      while (node % 2 === 1 && node > 1) node >>= 1;
      if (node <= 1) {
        this.#grow();
        return this.find(from, time);
      }
      node++;
    }
    while (node < this.#capacity) {
      node *= 2;
      if (at(this.#minima, node) > time) node++;
    }
    return node - this.#capacity;
  }

  take(lane: number, until: number): void {
    while (lane >= this.#capacity) this.#grow();
    let node = lane + this.#capacity;
    this.#minima[node] = until;
    for (node >>= 1; node >= 1; node >>= 1) {
      const minimum = Math.min(at(this.#minima, node * 2), at(this.#minima, node * 2 + 1));
      if (minimum === at(this.#minima, node)) return;
      this.#minima[node] = minimum;
    }
  }

  #grow(): void {
    const lanes = this.#minima.slice(this.#capacity);
    this.#capacity *= 2;
    this.#minima = new Float64Array(this.#capacity * 2).fill(Number.NEGATIVE_INFINITY);
    this.#minima.set(lanes, this.#capacity);
    for (let node = this.#capacity - 1; node >= 1; node--) {
      this.#minima[node] = Math.min(at(this.#minima, node * 2), at(this.#minima, node * 2 + 1));
    }
  }
}
