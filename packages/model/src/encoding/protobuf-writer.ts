const wire = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;
const encoder = new TextEncoder();

/** Protocol Buffers' wire format into one growing buffer (protobuf.dev/programming-guides/encoding). */
export class ProtobufWriter {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  varint(field: number, value: number | bigint): void {
    this.#tag(field, wire.varint);
    if (typeof value === 'number') this.#varint32(value);
    else this.#varint64(value);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, wire.fixed32);
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, wire.fixed64);
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  double(field: number, value: number): void {
    this.#tag(field, wire.fixed64);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  string(field: number, text: string): void {
    this.#tag(field, wire.lengthDelimited);
    if (text.length < 128 && this.#shortAscii(text)) return;
    const encoded = encoder.encode(text);
    this.#varint32(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /** Most texts are short ASCII: written in place, which halves the time of a span. False: nothing written. */
  #shortAscii(text: string): boolean {
    this.#reserve(1 + text.length);
    const start = this.#length + 1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      this.#bytes[start + i] = code;
    }
    this.#bytes[this.#length] = text.length;
    this.#length = start + text.length;
    return true;
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, wire.lengthDelimited);
    this.#varint32(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** An id of lower-case hex digits as bytes. */
  hex(field: number, digits: string): void {
    this.#tag(field, wire.lengthDelimited);
    this.#varint32(digits.length / 2);
    this.#reserve(digits.length / 2);
    for (let i = 0; i < digits.length; i += 2) {
      this.#bytes[this.#length++] = (nibble(digits.charCodeAt(i)) << 4) | nibble(digits.charCodeAt(i + 1));
    }
  }

  /** A nested message; its length is known, and its body moved behind it, once `body` has written it. */
  message(field: number, body: () => void): void {
    this.#tag(field, wire.lengthDelimited);
    this.#reserve(1);
    const lengthAt = this.#length++;
    body();
    const size = this.#length - lengthAt - 1;
    const lengthBytes = varintSize(size);
    this.#reserve(lengthBytes);
    if (lengthBytes > 1) this.#bytes.copyWithin(lengthAt + lengthBytes, lengthAt + 1, this.#length);
    this.#length = lengthAt;
    this.#varint32(size);
    this.#length += size;
  }

  #tag(field: number, type: number): void {
    this.#varint32(field * 8 + type);
  }

  #varint32(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  #varint64(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest >>>= 7) size++;
  return size;
}

/** The value of a lower-case hex digit. */
function nibble(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}
