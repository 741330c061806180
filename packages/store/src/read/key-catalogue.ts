import type { AttributeType } from '../block/span-row.ts';
import type { Connection } from '../clickhouse/connection.ts';

/** Where values of an attribute key lie. */
export interface KeyPlace {
  readonly on: 'span' | 'resource';
  readonly type: AttributeType;
  /** In the key's promoted column, else in the map of its type (or in the resource's text). */
  readonly promoted: boolean;
}

const READ_KEYS = 'SELECT DISTINCT key, on_resource, type, promoted FROM attribute_keys';
const READ_PROMOTED = "SELECT key, column FROM promoted_attributes FINAL WHERE column != ''";
const MAX_AGE_MS = 1_000;

/**
 * Which attribute keys were ever stored, where, and which an operator promoted. Filters open only the columns
 * that can hold a key: a map costs 90 to 400 ms per 1.25M rows. Blocks write their keys before their spans, so
 * at most the keys of the last second are missing, and none of this process's own.
 */
export class KeyCatalogue {
  readonly #connection: Connection;
  #loaded: Promise<Loaded> | null = null;
  #loadedAt = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  load(): Promise<Loaded> {
    if (this.#loaded === null || performance.now() - this.#loadedAt > MAX_AGE_MS) {
      this.#loadedAt = performance.now();
      this.#loaded = this.#read();
      this.#loaded.catch(() => this.forget()); // the caller gets the failure; the next call tries again
    }
    return this.#loaded;
  }

  /** Whatever is known is read again at the next call. */
  forget(): void {
    this.#loaded = null;
  }

  async #read(): Promise<Loaded> {
    const [keys, promoted] = await Promise.all([
      this.#connection.query({ sql: READ_KEYS }),
      this.#connection.query({ sql: READ_PROMOTED }),
    ]);
    const places = new Map<string, KeyPlace[]>();
    const key = keys.column('key');
    const onResource = keys.column<Uint8Array>('on_resource');
    const type = keys.column<Uint8Array>('type');
    const isPromoted = keys.column<Uint8Array>('promoted');
    for (let row = 0; row < keys.rows; row++) {
      const place: KeyPlace = {
        on: onResource[row] === 1 ? 'resource' : 'span',
        type: type[row] as AttributeType,
        promoted: isPromoted[row] === 1,
      };
      const known = places.get(key[row] as string);
      if (known === undefined) places.set(key[row] as string, [place]);
      else known.push(place);
    }
    const columns = new Map<string, string>();
    for (let row = 0; row < promoted.rows; row++) {
      columns.set(promoted.column('key')[row] as string, promoted.column('column')[row] as string);
    }
    return { places, columns };
  }
}

export interface Loaded {
  readonly places: ReadonlyMap<string, readonly KeyPlace[]>;
  /** Columns of attributes promoted at run time, by key. They hold the text of string values. */
  readonly columns: ReadonlyMap<string, string>;
}
