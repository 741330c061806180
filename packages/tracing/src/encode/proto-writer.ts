const INITIAL_BYTES = 64 * 1024;
/** Up to this length a loop over character codes beats the call into native code. */
const SHORT_STRING = 48;
const SHORT_PAIR = 64;
/** What is free beyond each `reserve`, so that tags and one-byte values need no check of their own. */
const SLACK = 64;

const HEX_DIGITS = Uint8Array.from(Buffer.from('0123456789abcdef'));

/** Node's own, without the argument checks of `write`; not in its types. */
type NativeBuffer = Buffer & {
  utf8Write(text: string, offset: number): number;
  hexWrite(digits: string, offset: number, length: number): number;
};

/**
 * Writes protobuf into one growing buffer that is kept between batches. Lengths of nested messages are
 * written after their content: `open` leaves room for one byte, `close` moves the content when it needs more.
 */
export class ProtoWriter {
  bytes: Buffer;
  position = 0;

  constructor(initialBytes = INITIAL_BYTES) {
    this.bytes = Buffer.allocUnsafeSlow(initialBytes + SLACK);
  }

  reset(): void {
    this.position = 0;
  }

  /** Makes room for `length` more bytes. */
  reserve(length: number): void {
    const needed = this.position + length + SLACK;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.position);
    this.bytes = grown;
  }

  /** Gives back a buffer that one large batch had blown up. */
  shrink(maxBytes: number): void {
    if (this.bytes.length > maxBytes) this.bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    this.position = 0;
  }

  /** A tag or a one-byte value, into the slack of the last `reserve`. */
  byte(value: number): void {
    this.bytes[this.position++] = value;
  }

  /** An unsigned varint below 2^53. */
  varint(value: number): void {
    this.reserve(10);
    const { bytes } = this;
    let at = this.position;
    while (value >= 0x80) {
      bytes[at++] = value < 0x80000000 ? (value & 0x7f) | 0x80 : (value % 128) + 128;
      value = value < 0x80000000 ? value >>> 7 : Math.floor(value / 128);
    }
    bytes[at++] = value;
    this.position = at;
  }

  /** An int64 as a varint; negative numbers take ten bytes, as protobuf has it. */
  int64(value: number): void {
    if (value >= 0) this.varint(value);
    else this.bigint64(BigInt(value));
  }

  bigint64(value: bigint): void {
    this.reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.bytes[this.position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.position++] = Number(rest);
  }

  double(value: number): void {
    this.reserve(8);
    this.position = this.bytes.writeDoubleLE(value, this.position);
  }

  fixed32(value: number): void {
    const { bytes, position } = this;
    bytes[position] = value & 0xff;
    bytes[position + 1] = (value >>> 8) & 0xff;
    bytes[position + 2] = (value >>> 16) & 0xff;
    bytes[position + 3] = value >>> 24;
    this.position = position + 4;
  }

  /** A fixed64 of two words. */
  fixed64(high: number, low: number): void {
    this.reserve(8);
    this.fixed32(low);
    this.fixed32(high);
  }

  /** `seconds * 1e9 + nanos` as a fixed64, exactly, for any time OTLP can hold. */
  fixed64Time(seconds: number, nanos: number): void {
    this.reserve(8);
    // seconds = a * 2^16 + b, so every product stays below 2^53 and the sum is exact.
    const high16 = Math.floor(seconds / 65536) * 1e9;
    const lowWord = (seconds % 65536) * 1e9 + nanos + (high16 % 65536) * 65536;
    const high = Math.floor(high16 / 65536) + Math.floor(lowWord / 4294967296);
    this.fixed32((lowWord % 4294967296) | 0);
    this.fixed32((high % 4294967296) | 0);
  }

  /** An id of hex digits as bytes. Ids are cut out of longer texts, where a loop takes twice as long as native code. */
  hex(id: string): void {
    const length = id.length >>> 1;
    this.reserve(length);
    const { bytes, position } = this;
    const written = (bytes as NativeBuffer).hexWrite(id, position, length);
    // It stops at what is no digit: nothing that stood there before may be sent.
    if (written < length) bytes.fill(0, position + written, position + length);
    this.position = position + length;
  }

  /** The digits of an id whose bytes have been written at `from`: a third of what its text would cost. */
  hexDigitsOf(from: number, length: number): void {
    this.reserve(length * 2);
    const { bytes } = this;
    let at = this.position;
    for (let i = from; i < from + length; i++) {
      const byte = bytes[i] as number;
      bytes[at++] = HEX_DIGITS[byte >>> 4] as number;
      bytes[at++] = HEX_DIGITS[byte & 15] as number;
    }
    this.position = at;
  }

  raw(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.position);
    this.position += source.length;
  }

  /** Repeats what has been written from `start` to `end`. */
  copy(start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.copyWithin(this.position, start, end);
    this.position += end - start;
  }

  /** ASCII text as it is; false, and nothing written, where it is not ASCII. */
  ascii(text: string): boolean {
    const { length } = text;
    this.reserve(length);
    const { bytes, position } = this;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[position + i] = code;
    }
    this.position = position + length;
    return true;
  }

  /** A 32-bit word, most significant byte first, as ids are written. */
  word(value: number): void {
    const { bytes, position } = this;
    bytes[position] = value >>> 24;
    bytes[position + 1] = (value >>> 16) & 0xff;
    bytes[position + 2] = (value >>> 8) & 0xff;
    bytes[position + 3] = value & 0xff;
    this.position = position + 4;
  }

  /**
   * A field that is a `KeyValue` of two short ASCII texts, whose lengths take a byte each; false, and nothing written,
   * for others.
   */
  textPair(tag: number, key: string, value: string): boolean {
    const sum = key.length + value.length;
    if (!(sum <= SHORT_PAIR)) return false;
    this.reserve(sum + 8);
    const { bytes } = this;
    let at = this.position;
    bytes[at++] = tag;
    bytes[at++] = sum + 6;
    bytes[at++] = 0x0a;
    bytes[at++] = key.length;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    bytes[at++] = 0x12;
    bytes[at++] = value.length + 2;
    bytes[at++] = 0x0a;
    bytes[at++] = value.length;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.position = at;
    return true;
  }

  /** A string with its length before it. */
  string(text: string): void {
    const { length } = text;
    this.reserve(length * 3 + 5);
    if (length > SHORT_STRING) {
      this.longString(text);
      return;
    }
    const { bytes } = this;
    const start = this.position;
    let at = start + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.longString(text);
        return;
      }
      bytes[at++] = code;
    }
    bytes[start] = length;
    this.position = at;
  }

  private longString(text: string): void {
    const start = this.open();
    this.position += (this.bytes as NativeBuffer).utf8Write(text, this.position);
    this.close(start);
  }

  /** Begins a length-delimited value; give what it returns to `close`. */
  open(): number {
    this.reserve(1);
    this.position += 1;
    return this.position;
  }

  /** Begins a value that takes 128 bytes or more, as most spans do: `closeLong` then moves nothing. */
  openLong(): number {
    this.reserve(2);
    this.position += 2;
    return this.position;
  }

  closeLong(start: number): void {
    const length = this.position - start;
    if (length < 0x80 || length >= 0x4000) {
      // One byte was enough, or two are not: as `open` and `close` would have it.
      this.bytes.copyWithin(start - 1, start, this.position);
      this.position -= 1;
      this.close(start - 1);
      return;
    }
    this.bytes[start - 2] = (length & 0x7f) | 0x80;
    this.bytes[start - 1] = length >>> 7;
  }

  close(start: number): void {
    const length = this.position - start;
    if (length < 0x80) {
      this.bytes[start - 1] = length;
      return;
    }
    const extra = length < 0x4000 ? 1 : length < 0x200000 ? 2 : length < 0x10000000 ? 3 : 4;
    this.reserve(extra);
    this.bytes.copyWithin(start + extra, start, this.position);
    const end = this.position + extra;
    this.position = start - 1;
    this.varint(length);
    this.position = end;
  }
}

/** How many bytes a varint below 2^35 takes: lengths, which are what is asked for, stay far below. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}
