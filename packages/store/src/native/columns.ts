import { ByteWriter } from './byte-writer.ts';

/**
 * Builders for the columns of a block in ClickHouse's Native format (docs/store.md has the layout). A column
 * with a `prefix` writes it before everything else, also when it is nested in an array or a map.
 */
export interface ColumnBuilder {
  readonly type: string;
  readonly byteSize: number;
  prefix(out: ByteWriter): void;
  data(out: ByteWriter): void;
  clear(): void;
}

/** Fixed-width values and plain strings: the builder's bytes are the column's bytes. */
export class PlainColumn implements ColumnBuilder {
  readonly type: string;
  readonly values = new ByteWriter(1024);

  constructor(type: string) {
    this.type = type;
  }

  get byteSize(): number {
    return this.values.length;
  }
  prefix(): void {}
  data(out: ByteWriter): void {
    out.raw(this.values.view());
  }
  clear(): void {
    this.values.clear();
  }
}

const DICTIONARY_VERSION = 1;
const HAS_ADDITIONAL_KEYS_AND_UPDATE = 0x600;
const { utf8Slice } = Buffer.prototype;
const SEEN_SLOTS = 4_096;
/** Texts whose length is one byte. */
const MAX_SEEN_BYTES = 127;

/** Samples the start, the middle and the end: the comparison that follows reads every byte anyway. */
function slotOf(bytes: Uint8Array, at: number, length: number): number {
  let hash = Math.imul(fourBytes(bytes, at), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ fourBytes(bytes, at + ((length - 4) >> 1)), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13) ^ fourBytes(bytes, at + length - 4) ^ length, 0xc2b2ae3d);
  return (hash ^ (hash >>> 16)) & (SEEN_SLOTS - 1);
}

const fourBytes = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

/** LowCardinality(String): a dictionary per block and an index per row. */
export class DictionaryColumn implements ColumnBuilder {
  readonly type = 'LowCardinality(String)';
  readonly #indexes = new Map<string, number>();
  #keys = new ByteWriter(256);
  readonly #keyStarts: number[] = [];
  /** The key that a hash of its bytes led to last; a collision only costs the lookup it would have saved. */
  readonly #seen = new Int32Array(SEEN_SLOTS).fill(-1);
  #rows = new Uint32Array(256);
  #count = 0;
  // Neighbours are often equal, and comparing is cheaper than looking up.
  #lastValue: string | null = null;
  #lastIndex = 0;

  constructor() {
    this.clear();
  }

  get byteSize(): number {
    return this.#keys.length + this.#count * this.#width();
  }

  /** The index of a value, to be passed to `addIndex` as often as it occurs in this block. */
  intern(value: string): number {
    if (value === this.#lastValue) return this.#lastIndex;
    let index = this.#indexes.get(value);
    if (index === undefined) {
      index = this.#indexes.size;
      this.#indexes.set(value, index);
      this.#keyStarts[index] = this.#keys.length;
      this.#keys.text(value);
    }
    this.#lastValue = value;
    this.#lastIndex = index;
    return index;
  }

  /** `intern` for UTF-8 bytes: what came before is found by its bytes, without making a string. */
  internUtf8(bytes: Uint8Array, at: number, length: number): number {
    if (length < 4 || length > MAX_SEEN_BYTES) return this.intern(utf8Slice.call(bytes, at, at + length));
    const slot = slotOf(bytes, at, length);
    const seen = this.#seen[slot] as number;
    if (seen >= 0 && this.#isKey(seen, bytes, at, length)) return seen;
    const index = this.intern(utf8Slice.call(bytes, at, at + length));
    this.#seen[slot] = index;
    return index;
  }

  #isKey(index: number, bytes: Uint8Array, at: number, length: number): boolean {
    const keys = this.#keys.bytes;
    const start = this.#keyStarts[index] as number;
    if (keys[start] !== length) return false;
    for (let offset = 0; offset < length; offset++) {
      if (keys[start + 1 + offset] !== bytes[at + offset]) return false;
    }
    return true;
  }

  add(value: string): void {
    this.addIndex(this.intern(value));
  }

  addIndex(index: number): void {
    if (this.#count === this.#rows.length) this.#grow(this.#count + 1);
    this.#rows[this.#count++] = index;
  }

  /** Sets a row beyond the last one; the rows between are the empty text. */
  set(row: number, value: string): void {
    this.#setIndex(row, this.intern(value));
  }

  setUtf8(row: number, bytes: Uint8Array, at: number, length: number): void {
    this.#setIndex(row, this.internUtf8(bytes, at, length));
  }

  #setIndex(row: number, index: number): void {
    if (row >= this.#rows.length) this.#grow(row + 1);
    this.#rows[row] = index;
    this.#count = row + 1;
  }

  /** Fills with the empty text up to `rows` rows. */
  pad(rows: number): void {
    if (rows > this.#rows.length) this.#grow(rows);
    this.#count = rows;
  }

  prefix(out: ByteWriter): void {
    out.u64(DICTIONARY_VERSION);
  }

  data(out: ByteWriter): void {
    if (this.#count === 0) return;
    const width = this.#width();
    out.u64(HAS_ADDITIONAL_KEYS_AND_UPDATE | (width === 1 ? 0 : width === 2 ? 1 : 2));
    out.u64(this.#indexes.size);
    out.raw(this.#keys.view());
    out.u64(this.#count);
    const rows = this.#rows.subarray(0, this.#count);
    // Typed-array conversion is a native copy; the machine is little endian, as every platform of the engine is.
    if (width === 1) out.raw(Uint8Array.from(rows));
    else if (width === 2) out.raw(new Uint8Array(Uint16Array.from(rows).buffer));
    else out.raw(new Uint8Array(rows.buffer, 0, this.#count * 4));
  }

  clear(): void {
    this.#indexes.clear();
    this.#seen.fill(-1);
    this.#keys.clear();
    this.#rows.fill(0, 0, this.#count); // rows that are never set are the empty text, index 0
    this.#count = 0;
    this.#lastValue = null;
    this.intern('');
  }

  #grow(rows: number): void {
    const grown = new Uint32Array(Math.max(rows, this.#rows.length * 2));
    grown.set(this.#rows);
    this.#rows = grown;
  }

  #width(): 1 | 2 | 4 {
    const size = this.#indexes.size;
    return size <= 256 ? 1 : size <= 65_536 ? 2 : 4;
  }
}

/** Map(LowCardinality(String), V). Call `endRow` once per row. */
export class MapColumn<Values extends ColumnBuilder> implements ColumnBuilder {
  readonly type: string;
  readonly keys = new DictionaryColumn();
  readonly values: Values;
  readonly #offsets = new ByteWriter(1024);
  #entries = 0;

  constructor(values: Values) {
    this.type = `Map(LowCardinality(String), ${values.type})`;
    this.values = values;
  }

  get byteSize(): number {
    return this.keys.byteSize + this.values.byteSize + this.#offsets.length;
  }
  endRow(added: number): void {
    this.#entries += added;
    this.#offsets.u64(this.#entries);
  }
  prefix(out: ByteWriter): void {
    this.keys.prefix(out);
    this.values.prefix(out);
  }
  data(out: ByteWriter): void {
    out.raw(this.#offsets.view());
    this.keys.data(out);
    this.values.data(out);
  }
  clear(): void {
    this.keys.clear();
    this.values.clear();
    this.#offsets.clear();
    this.#entries = 0;
  }
}

/**
 * One block: column count, row count, then each column's name, type and data.
 * @param out is overwritten; the result lies in it
 */
export function encodeBlock(
  columns: readonly (readonly [string, ColumnBuilder])[],
  rows: number,
  out = new ByteWriter(0),
): Uint8Array {
  out.clear();
  out.reserve(4096 + columns.reduce((sum, [, column]) => sum + column.byteSize, 0));
  out.varint(columns.length);
  out.varint(rows);
  for (const [name, column] of columns) {
    out.text(name);
    out.text(column.type);
    column.prefix(out);
    column.data(out);
  }
  return out.view();
}
