const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Below it a loop beats the call of `set`. */
const SHORT = 48;

/** Protobuf bytes that are copied together from another message, into one growing buffer. */
export class OtlpOutput {
  bytes: Uint8Array;
  at = 0;
  #view: DataView;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  /** Makes room for so many bytes; the methods below do not. */
  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.bytes[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  copy(from: Uint8Array, start: number, end: number): void {
    this.bytes.set(from.subarray(start, end), this.at);
    this.at += end - start;
  }

  /** Copies text; false if it is no UTF-8. */
  text(from: Uint8Array, start: number, end: number): boolean {
    const { bytes } = this;
    let at = this.at;
    let seen = 0;
    if (end - start <= SHORT) {
      for (let index = start; index < end; index++) {
        const byte = from[index] as number;
        seen |= byte;
        bytes[at++] = byte;
      }
      this.at = at;
    } else {
      for (let index = start; index < end; index++) seen |= from[index] as number;
      this.copy(from, start, end);
    }
    return seen < 0x80 || isUtf8(from.subarray(start, end));
  }

  /** Seconds and nanoseconds of a Timestamp as 64 bits, in halves: a BigInt costs as much as five attributes. */
  fixed64Nanos(seconds: number, nanos: number): void {
    const upper = Math.floor(seconds / 65_536) * BILLION;
    const low = (upper % 65_536) * 65_536 + (seconds % 65_536) * BILLION + nanos;
    this.#view.setUint32(this.at, low % TWO_32, true);
    this.#view.setUint32(this.at + 4, Math.floor(upper / 65_536) + Math.floor(low / TWO_32), true);
    this.at += 8;
  }

  /** Starts a nested message whose length will likely take so many bytes; answers what `close` wants. */
  open(tag: number, lengthBytes: number): number {
    this.byte(tag);
    const at = this.at;
    this.at += lengthBytes;
    return at;
  }

  /** Writes the length of the message that was opened there, moving its body if the guess was wrong. */
  close(openedAt: number, lengthBytes: number): void {
    const size = this.at - openedAt - lengthBytes;
    const needed = varintSize(size);
    if (needed !== lengthBytes) {
      this.reserve(needed);
      this.bytes.copyWithin(openedAt + needed, openedAt + lengthBytes, this.at);
    }
    this.at = openedAt;
    this.varint(size);
    this.at += size;
  }
}

const BILLION = 1_000_000_000;
const TWO_32 = 2 ** 32;

export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest >>>= 7) size++;
  return size;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false; // the caller's other path says where
  }
}
