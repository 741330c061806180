import { ByteWriter } from '../native/byte-writer.ts';
import type { ColumnBuilder } from '../native/columns.ts';

/** A plain column where most rows are zero bytes: rows in between are filled when the next value comes. */
export class SparseTextColumn implements ColumnBuilder {
  readonly type = 'String';
  readonly #values = new ByteWriter(1024);
  #rows = 0;

  get byteSize(): number {
    return this.#values.length;
  }
  set(row: number, value: string): void {
    this.pad(row);
    this.#values.text(value);
    this.#rows = row + 1;
  }
  setUtf8(row: number, bytes: Uint8Array, at: number, length: number): void {
    this.pad(row);
    this.#values.utf8(bytes, at, length);
    this.#rows = row + 1;
  }
  pad(rows: number): void {
    const missing = rows - this.#rows;
    if (missing > 0) this.#values.zeros(missing);
    this.#rows = rows;
  }
  prefix(): void {}
  data(out: ByteWriter): void {
    out.raw(this.#values.view());
  }
  clear(): void {
    this.#values.clear();
    this.#rows = 0;
  }
}

export class SparseUint16Column implements ColumnBuilder {
  readonly type = 'UInt16';
  readonly #values = new ByteWriter(1024);
  #rows = 0;

  get byteSize(): number {
    return this.#values.length;
  }
  set(row: number, value: number): void {
    this.pad(row);
    this.#values.u16(value);
    this.#rows = row + 1;
  }
  pad(rows: number): void {
    const missing = rows - this.#rows;
    if (missing > 0) this.#values.zeros(missing * 2);
    this.#rows = rows;
  }
  prefix(): void {}
  data(out: ByteWriter): void {
    out.raw(this.#values.view());
  }
  clear(): void {
    this.#values.clear();
    this.#rows = 0;
  }
}
