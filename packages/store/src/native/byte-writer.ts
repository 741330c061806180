const encoder = new TextEncoder();
const { utf8Slice } = Buffer.prototype;

/** A growing buffer of little-endian bytes. Its content is only valid until the next write. */
export class ByteWriter {
  bytes: Uint8Array;
  length = 0;
  #view: DataView;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    this.#view.setUint16(this.length, value, true);
    this.length += 2;
  }

  u32(value: number): void {
    this.reserve(4);
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  u64Halves(low: number, high: number): void {
    this.reserve(8);
    this.#view.setUint32(this.length, low, true);
    this.#view.setUint32(this.length + 4, high, true);
    this.length += 8;
  }

  /** A non-negative integer below 2^53 as 64 bits. */
  u64(value: number): void {
    this.u64Halves(value >>> 0, Math.floor(value / 0x1_0000_0000));
  }

  i64(value: bigint): void {
    this.reserve(8);
    this.#view.setBigInt64(this.length, value, true);
    this.length += 8;
  }

  f64(value: number): void {
    this.reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  zeros(count: number): void {
    this.reserve(count);
    this.bytes.fill(0, this.length, this.length + count);
    this.length += count;
  }

  /** `count` bytes of `source` from `at`: a loop, for ids, where subarray() would cost more than the copy. */
  slice(source: Uint8Array, at: number, count: number): void {
    this.reserve(count);
    const { bytes } = this;
    const to = this.length;
    for (let index = 0; index < count; index++) bytes[to + index] = source[at + index] as number;
    this.length = to + count;
  }

  raw(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** ClickHouse's String: varint byte length, then UTF-8. */
  text(value: string): void {
    const units = value.length;
    if (units < 43 && this.#shortAscii(value)) return;
    if (units * 3 < 128) this.#oneByteLength(value);
    else this.#longText(value);
  }

  /** The same from UTF-8 bytes; those that are not valid become U+FFFD. */
  utf8(source: Uint8Array, at: number, count: number): void {
    if (count < 128 && this.#ascii(source, at, count)) return;
    this.text(utf8Slice.call(source, at, at + count));
  }

  #ascii(source: Uint8Array, at: number, count: number): boolean {
    this.reserve(count + 1);
    const { bytes } = this;
    const to = this.length + 1;
    let all = 0;
    for (let index = 0; index < count; index++) {
      const byte = source[at + index] as number;
      all |= byte;
      bytes[to + index] = byte;
    }
    if (all > 127) return false;
    bytes[to - 1] = count;
    this.length = to + count;
    return true;
  }

  // Below some 40 characters a loop beats the call into the encoder: bench/store/encode.ts
  #shortAscii(value: string): boolean {
    const units = value.length;
    this.reserve(units + 1);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = units;
    for (let index = 0; index < units; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      bytes[at++] = code;
    }
    this.length = at;
    return true;
  }

  #oneByteLength(value: string): void {
    this.reserve(value.length * 3 + 1);
    const { written } = encoder.encodeInto(value, this.bytes.subarray(this.length + 1));
    this.bytes[this.length] = written;
    this.length += written + 1;
  }

  #longText(value: string): void {
    const size = Buffer.byteLength(value);
    this.varint(size);
    this.reserve(size);
    encoder.encodeInto(value, this.bytes.subarray(this.length, this.length + size));
    this.length += size;
  }

  clear(): void {
    this.length = 0;
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
