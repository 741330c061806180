import type { AttributeType } from '../block/span-row.ts';
import type { Connection } from '../clickhouse/connection.ts';

/** Where values of an attribute key lie. */
export interface KeyPlace {
  readonly on: 'span' | 'resource';
  readonly type: AttributeType;
  /** In the key's promoted column, else in the map of its type (or in the resource's text). */
  readonly promoted: boolean;
}

const READ = `
SELECT DISTINCT key, toUInt8(on_resource) AS on_resource, type, toUInt8(promoted) AS promoted, '' AS column FROM attribute_keys
UNION ALL
SELECT key, 0, 0, 0, column FROM promoted_attributes FINAL WHERE column != ''`;
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
    const keys = await this.#connection.query({ sql: READ });
    const places = new Map<string, KeyPlace[]>();
    const columns = new Map<string, string>();
    const key = keys.column('key');
    const onResource = keys.column<Uint8Array>('on_resource');
    const type = keys.column<Uint8Array>('type');
    const isPromoted = keys.column<Uint8Array>('promoted');
    const column = keys.column('column');
    for (let row = 0; row < keys.rows; row++) {
      const name = key[row] as string;
      if (column[row] !== '') {
        columns.set(name, column[row] as string);
        continue;
      }
      const place: KeyPlace = {
        on: onResource[row] === 1 ? 'resource' : 'span',
        type: type[row] as AttributeType,
        promoted: isPromoted[row] === 1,
      };
      const known = places.get(name);
      if (known === undefined) places.set(name, [place]);
      else known.push(place);
    }
    return { places, columns };
  }
}

export interface Loaded {
  readonly places: ReadonlyMap<string, readonly KeyPlace[]>;
  /** Columns of attributes promoted at run time, by key. They hold the text of string values. */
  readonly columns: ReadonlyMap<string, string>;
}
