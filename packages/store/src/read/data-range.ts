import type { Connection } from '../clickhouse/connection.ts';
import type { TimeWindow } from './time-windows.ts';

// Answered from the parts' metadata, without reading data.
const DATA_RANGE = 'SELECT count() AS spans, min(start) AS first, max(start) AS last FROM spans';
const MAX_AGE_MS = 10_000;

/** When the first and the last span start, and how many there are. */
export interface StoredData extends TimeWindow {
  readonly spans: number;
}

/** About what is stored: tells a search where to begin and how, never what to leave out. */
export class DataRange {
  readonly #connection: Connection;
  #known: StoredData | null = null;
  #readAt = 0;
  #isOutgrown = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * null: there were no spans just now. What is old is answered, too, and read again meanwhile; not where spans are
   * known to come: a search would go through all that came since.
   */
  async about(): Promise<StoredData | null> {
    const isOld = performance.now() - this.#readAt > MAX_AGE_MS;
    if (this.#known === null || this.#isOutgrown) await this.#read();
    else if (isOld) this.#read().catch(() => undefined); // the statement that follows tells what is wrong
    return this.#known;
  }

  /** A search found a span that starts then. */
  saw(unixNano: bigint): void {
    if (this.#known !== null && unixNano >= this.#known.to) this.#isOutgrown = true;
  }

  async #read(): Promise<void> {
    this.#readAt = performance.now();
    this.#isOutgrown = false;
    const result = await this.#connection.query({ sql: DATA_RANGE });
    const spans = Number(result.column<BigUint64Array>('spans')[0]);
    const from = result.column<BigInt64Array>('first')[0] as bigint;
    const to = result.column<BigInt64Array>('last')[0] as bigint;
    this.#known = spans === 0 ? null : { from, to: to + 1n, spans };
  }
}
