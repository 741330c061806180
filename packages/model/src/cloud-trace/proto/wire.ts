/** Protobuf's wire format (protobuf.dev/programming-guides/encoding), as far as the Cloud Trace messages use it. */
// `ignoreBOM` keeps a byte order mark, which is text like any other here.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** The bytes are no message: cut short, or not protobuf at all. */
export class WireError extends Error {
  override name = 'WireError';
  /** Where in the input. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.offset = offset;
  }
}

const SHORT = 32;
/** The last short string seen for each hash. */
const seen: string[] = new Array(4096).fill('');

/** Null if there is anything but ASCII in it. */
function shortAscii(bytes: Uint8Array, start: number, end: number): string | null {
  let hash = end - start;
  for (let index = start; index < end; index++) {
    const code = bytes[index] as number;
    if (code >= 0x80) return null;
    hash = (Math.imul(hash, 31) + code) | 0;
  }
  const slot = (hash ^ (hash >>> 12)) & 4095;
  const known = seen[slot] as string;
  if (known.length === end - start && isSame(known, bytes, start)) return known;
  const text = String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
  seen[slot] = text;
  return text;
}

function isSame(text: string, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

export class WireReader {
  readonly bytes: Uint8Array;
  at: number;
  end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
  }

  #byte(): number {
    if (this.at >= this.end) throw new WireError('the message ends inside a field', this.at);
    return this.bytes[this.at++] as number;
  }

  /** A varint of which the low 32 bits count: tags, lengths, enums, int32, bool. */
  varint32(): number {
    let byte = this.#byte();
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 63) throw new WireError('a varint of more than ten bytes', this.at);
      byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
    }
    return value;
  }

  /** A varint as signed 64 bits. */
  int64(): bigint {
    let low = 0;
    let middle = 0;
    let high = 0;
    let shift = 0;
    for (let byte = 0x80; byte >= 0x80; shift += 7) {
      if (shift > 63) throw new WireError('a varint of more than ten bytes', this.at);
      byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift < 56) middle |= bits << (shift - 28);
      else high |= bits << (shift - 56);
    }
    if (middle === 0 && high === 0) return BigInt(low);
    return BigInt.asIntN(64, BigInt(low) | (BigInt(middle) << 28n) | (BigInt(high) << 56n));
  }

  /** Seconds of a Timestamp and the like, exact up to 2^53. */
  varintNumber(): number {
    const start = this.at;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    this.at = start;
    return Number(this.int64());
  }

  fixed64(): bigint {
    if (this.at + 8 > this.end) throw new WireError('the message ends inside a field', this.at);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, 8);
    this.at += 8;
    return view.getBigUint64(0, true);
  }

  /** The end of a length-delimited field that starts here. */
  delimited(): number {
    const length = this.varint32();
    if (length < 0 || length > this.end - this.at) {
      throw new WireError(`a field of ${length >>> 0} bytes where ${this.end - this.at} are left`, this.at);
    }
    return this.at + length;
  }

  string(): string {
    const end = this.delimited();
    const start = this.at;
    this.at = end;
    // Keys, methods, routes and ids: short ASCII, mostly seen before. 3x TextDecoder (bench/cloud-trace/map.ts).
    if (end - start <= SHORT) {
      const text = shortAscii(this.bytes, start, end);
      if (text !== null) return text;
    }
    try {
      return utf8.decode(this.bytes.subarray(start, end));
    } catch {
      throw new WireError('a string that is not UTF-8', start);
    }
  }

  /** Leaves out a field that nobody knows. */
  skip(wireType: number): void {
    switch (wireType) {
      case WireType.varint:
        this.int64();
        return;
      case WireType.fixed64:
        this.#advance(8);
        return;
      case WireType.bytes:
        this.at = this.delimited();
        return;
      case WireType.fixed32:
        this.#advance(4);
        return;
      default:
        throw new WireError(`wire type ${wireType}`, this.at);
    }
  }

  #advance(count: number): void {
    if (this.at + count > this.end) throw new WireError('the message ends inside a field', this.at);
    this.at += count;
  }
}

const MAX_LENGTH_BYTES = 5;

export class WireWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  #room(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + count));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  varint(value: bigint | number): void {
    this.#room(10);
    let rest = value;
    if (typeof rest === 'bigint' || !(rest >= 0 && rest < 0x8000_0000)) {
      let wide = BigInt.asUintN(64, BigInt(rest));
      while (wide >= 0x8000_0000n) {
        this.#bytes[this.#at++] = Number(wide & 0x7fn) | 0x80;
        wide >>= 7n;
      }
      rest = Number(wide);
    }
    this.#shortVarint(rest);
  }

  #shortVarint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  tag(field: number, wireType: number): void {
    this.varint((field << 3) | wireType);
  }

  fixed64(value: bigint): void {
    this.#room(8);
    this.#view.setBigUint64(this.#at, BigInt.asUintN(64, value), true);
    this.#at += 8;
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  string(value: string): void {
    this.#room(value.length * 3 + MAX_LENGTH_BYTES);
    const start = this.#begin();
    if (!this.#ascii(value)) {
      this.#at = start + 1;
      this.#at += utf8Encoder.encodeInto(value, this.#bytes.subarray(this.#at)).written;
    }
    this.#finishLength(start);
  }

  /** False, with whatever written, if there is anything but ASCII in it, or too much of it for a loop to be quick. */
  #ascii(value: string): boolean {
    if (value.length > SHORT) return false;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return false;
      this.#bytes[this.#at++] = code;
    }
    return true;
  }

  /** What `write` writes, with its length before it. */
  delimited(write: () => void): void {
    this.#room(1);
    const start = this.#begin();
    write();
    this.#finishLength(start);
  }

  /** Leaves a byte for the length, which most lengths fit into. */
  #begin(): number {
    return this.#at++;
  }

  #finishLength(start: number): void {
    const length = this.#at - start - 1;
    const more =
      length < 0x80 ? 0 : length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : length < 0x1000_0000 ? 3 : 4;
    if (more > 0) {
      this.#room(more);
      this.#bytes.copyWithin(start + 1 + more, start + 1, this.#at);
    }
    this.#at = start;
    this.#shortVarint(length);
    this.#at += length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }
}
