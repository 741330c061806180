import { MalformedOtlpError } from './otlp-error.ts';

/** Deeper groups are refused: protobuf's own parsers stop at 100. */
const MAX_GROUP_DEPTH = 64;
const MAX_FIELD_NUMBER = 0x1fffffff;

/** A cursor over untrusted protobuf bytes: every read is checked against the end of the message it is in. */
export class WireScanner {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;

  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
  }

  fail(reason: string, offset: number = this.at): never {
    throw new MalformedOtlpError(reason, offset);
  }

  tag(end: number): number {
    const start = this.at;
    const byte = this.bytes[start] as number;
    if (byte < 0x80 && byte >= 8) {
      this.at = start + 1;
      return byte;
    }
    const tag = this.varint32(end);
    const field = tag >>> 3;
    if (field === 0) this.fail('field number 0', start);
    if (field > MAX_FIELD_NUMBER) this.fail(`field number ${field}`, start);
    return tag;
  }

  /** The length of a nested message, string or bytes field, which must fit into what it is nested in. */
  length(end: number): number {
    const start = this.at;
    const byte = start < end ? (this.bytes[start] as number) : 0xff;
    let length = byte;
    if (byte < 0x80) this.at = start + 1;
    else length = this.varint32(end);
    if (length > end - this.at) {
      this.fail(`a length of ${length} with ${end - this.at} bytes left`, start);
    }
    return length;
  }

  /** A varint that must fit into 32 bits: a tag or a length. */
  varint32(end: number): number {
    const start = this.at;
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      if (this.at >= end) this.fail('a varint is cut off', start);
      const byte = this.bytes[this.at++] as number;
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) {
        if (value > 0xffffffff) this.fail('a tag or length beyond 32 bits', start);
        return value;
      }
    }
    return this.fail('a varint of more than 10 bytes', start);
  }

  varint(end: number): void {
    const start = this.at;
    for (let count = 1; count <= 10; count++) {
      if (this.at >= end) this.fail('a varint is cut off', start);
      const byte = this.bytes[this.at++] as number;
      if (byte >= 0x80) continue;
      if (count === 10 && byte > 1) this.fail('a varint beyond 64 bits', start);
      return;
    }
    this.fail('a varint of more than 10 bytes', start);
  }

  fixed(size: 4 | 8, end: number): void {
    if (this.at + size > end) this.fail(`a fixed${size * 8} is cut off`);
    this.at += size;
  }

  skip(tag: number, end: number, depth = 0): void {
    switch (tag & 7) {
      case 0:
        this.varint(end);
        return;
      case 1:
        this.fixed(8, end);
        return;
      case 2: {
        const length = this.length(end);
        this.at += length;
        return;
      }
      case 3:
        this.#skipGroup(tag >>> 3, end, depth + 1);
        return;
      case 4:
        this.fail(`the end of group ${tag >>> 3}, which was not begun`);
        return;
      case 5:
        this.fixed(4, end);
        return;
      default:
        this.fail(`wire type ${tag & 7}`);
        return;
    }
  }

  #skipGroup(field: number, end: number, depth: number): void {
    const start = this.at;
    if (depth > MAX_GROUP_DEPTH) this.fail(`groups nested deeper than ${MAX_GROUP_DEPTH}`);
    while (this.at < end) {
      const tag = this.tag(end);
      if ((tag & 7) !== 4) this.skip(tag, end, depth);
      else if (tag >>> 3 === field) return;
      else this.fail(`the end of group ${tag >>> 3} inside group ${field}`);
    }
    this.fail(`group ${field} has no end`, start);
  }
}
