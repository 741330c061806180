import { ModelError } from '../model-error.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads what `ByteWriter` wrote; every read is checked against the end. Throws `OUTLINE_INVALID`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  /** A view, not a copy. */
  raw(length: number): Uint8Array {
    if (length > this.remaining) this.fail(`${length} bytes expected, ${this.remaining} left`);
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++, scale *= 128) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) this.fail('cut inside a number');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return this.fail('a number of more than 10 bytes');
  }

  /** A number that counts things of at least `bytesEach` bytes still to come, or an index below `limit`. */
  count(bytesEach: number): number {
    const count = this.varint();
    if (count * bytesEach > this.remaining)
      this.fail(`${count} entries cannot fit in ${this.remaining} bytes`);
    return count;
  }

  index(limit: number): number {
    const index = this.varint();
    if (index >= limit) this.fail(`index ${index} of ${limit}`);
    return index;
  }

  text(): string {
    return decoder.decode(this.raw(this.count(1)));
  }

  fail(reason: string): never {
    throw new ModelError('OUTLINE_INVALID', `broken outline at byte ${this.#position}: ${reason}`);
  }
}
