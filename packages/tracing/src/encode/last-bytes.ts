import type { ProtoWriter } from './proto-writer.ts';

/** What is longer is not worth keeping: it hardly comes twice in a row. */
const MAX_BYTES = 1024;

/**
 * The bytes that three strings came to: repeated, they cost a copy instead of an encoding. Bytes are kept from the
 * second time in a row on, so that strings which never repeat cost no more than a comparison.
 */
export class LastBytes {
  private a = '';
  private b = '';
  private c = '';
  private bytes: Uint8Array | null = null;

  /** Writes three strings as `encode` does, or as it did the last time. */
  write(out: ProtoWriter, a: string, b: string, c: string, encode: () => void): void {
    const isRepeated = a === this.a && b === this.b && c === this.c;
    if (isRepeated && this.bytes !== null) {
      out.raw(this.bytes);
      return;
    }
    const start = out.position;
    encode();
    const worthKeeping = isRepeated && out.position - start <= MAX_BYTES;
    this.bytes = worthKeeping ? Uint8Array.from(out.bytes.subarray(start, out.position)) : null;
    this.a = a;
    this.b = b;
    this.c = c;
  }
}
