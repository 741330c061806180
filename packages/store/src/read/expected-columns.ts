import { ALL_FILLED, type Filled, NOTHING_FILLED, OFTEN_EMPTY_COLUMNS } from '../block/filled-columns.ts';

/** So many answers a column is remembered for: an answer that needs one left out is asked for again, with all. */
const REMEMBERED_ANSWERS = 100;

/** Which of the often empty columns spans had something in of late: those that whole spans are read with at first. */
export class ExpectedColumns {
  #answers = 0;
  readonly #lastSeen: number[] = OFTEN_EMPTY_COLUMNS.map(() => Number.NEGATIVE_INFINITY);

  /** All, before there was any answer. */
  get now(): Filled {
    if (this.#answers === 0) return ALL_FILLED;
    const oldest = this.#answers - REMEMBERED_ANSWERS;
    return this.#lastSeen.reduce((set, seen, at) => (seen > oldest ? set | (1 << at) : set), NOTHING_FILLED);
  }

  learn(filled: Filled): void {
    this.#answers++;
    for (let at = 0; at < this.#lastSeen.length; at++)
      if ((filled & (1 << at)) !== 0) this.#lastSeen[at] = this.#answers;
  }
}
