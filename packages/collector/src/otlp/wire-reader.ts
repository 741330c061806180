/**
 * A cursor over protobuf bytes that were scanned before (scan-request.ts), so it checks nothing again.
 * Wire format: https://protobuf.dev/programming-guides/encoding/
 */
export class WireReader {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  at = 0;

  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  /** A varint's low 32 bits, unsigned: what a tag, a length, a uint32 or an enum keeps of it. */
  uint32(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let shift = 7;
    do {
      byte = bytes[this.at++] as number;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return value >>> 0;
  }

  /** Whether a varint is not zero: a bool may be encoded in more bytes than one. */
  bool(): boolean {
    let any = 0;
    let byte: number;
    do {
      byte = this.bytes[this.at++] as number;
      any |= byte & 0x7f;
    } while (byte >= 0x80);
    return any !== 0;
  }

  /** An int64: most are small (status codes, ports), so that a BigInt is made once for each of those. */
  int64(): bigint {
    const { bytes } = this;
    const first = bytes[this.at] as number;
    if (first < 0x80) {
      this.at++;
      return SMALL_INTS[first] as bigint;
    }
    const second = bytes[this.at + 1] as number;
    if (second < 0x80) {
      this.at += 2;
      return SMALL_INTS[(first & 0x7f) | (second << 7)] as bigint;
    }
    return this.#longInt64();
  }

  #longInt64(): bigint {
    let low = 0;
    let high = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.bytes[this.at++] as number;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high |= bits >> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      shift += 7;
    } while (byte >= 0x80);
    return (BigInt(high) << 32n) | BigInt(low >>> 0);
  }

  /** Steps over the value of a field that is not known, groups included. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        while ((this.bytes[this.at++] as number) >= 0x80);
        return;
      case 1:
        this.at += 8;
        return;
      case 2: {
        const length = this.uint32();
        this.at += length;
        return;
      }
      case 3:
        this.#skipGroup();
        return;
      default:
        this.at += 4;
    }
  }

  #skipGroup(): void {
    for (;;) {
      const tag = this.uint32();
      if ((tag & 7) === 4) return;
      this.skip(tag);
    }
  }
}

const SMALL_INTS: readonly bigint[] = Array.from({ length: 1 << 14 }, (_, value) => BigInt(value));
