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

  /** Writes what the three came to the last time; false where they have to be encoded, and `keep` called. */
  copy(out: ProtoWriter, a: string, b: string, c: string): boolean {
    if (this.bytes === null || !this.isRepeated(a, b, c)) return false;
    out.raw(this.bytes);
    return true;
  }

  /** What has been written since `start` is the encoding of the three. */
  keep(out: ProtoWriter, start: number, a: string, b: string, c: string): void {
    const worthKeeping = this.isRepeated(a, b, c) && out.position - start <= MAX_BYTES;
    this.bytes = worthKeeping ? Uint8Array.from(out.bytes.subarray(start, out.position)) : null;
    this.a = a;
    this.b = b;
    this.c = c;
  }

  private isRepeated(a: string, b: string, c: string): boolean {
    return a === this.a && b === this.b && c === this.c;
  }
}
