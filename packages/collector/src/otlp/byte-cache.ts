/** Longer texts (statements, stack traces) seldom repeat: they are decoded without a look at the cache. */
const SLOT_BYTES = 64;

/**
 * Texts seen before, by their raw bytes, so that a repeated one costs a comparison instead of a decode.
 * Direct-mapped: a newer text takes the slot of an older one, so it needs no eviction and never grows, and
 * an input made to collide only costs the decodes it would have cost without a cache.
 */
export class ByteCache<T> {
  readonly #make: (text: string) => T;
  readonly #mask: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #lengths: Uint8Array;
  /** The hash of the text last missed: only one that is missed twice is kept, so that texts that never come
   * again (ids, addresses with parameters) cost no copy and leave no string behind for the garbage collector. */
  readonly #missed: Int32Array;
  readonly #values: T[];

  /** @param slots a power of two; each takes 64 bytes and a reference. */
  constructor(slots: number, make: (text: string) => T) {
    this.#make = make;
    this.#mask = slots - 1;
    this.#bytes = new Uint8Array(slots * SLOT_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
    this.#lengths = new Uint8Array(slots);
    this.#missed = new Int32Array(slots);
    const empty = make('');
    this.#values = Array.from({ length: slots }, () => empty);
  }

  get(bytes: Uint8Array, view: DataView, at: number, length: number): T {
    if (length < 4 || length > SLOT_BYTES) return this.#make(textOf(bytes, at, length));
    const hash = hashOf(view, at, length);
    const slot = hash & this.#mask;
    if (this.#lengths[slot] === length && this.#holds(slot, view, at, length)) return this.#values[slot] as T;
    const value = this.#make(textOf(bytes, at, length));
    if (this.#missed[slot] !== hash) {
      this.#missed[slot] = hash;
      return value;
    }
    const target = slot * SLOT_BYTES;
    for (let index = 0; index < length; index++) this.#bytes[target + index] = bytes[at + index] as number;
    this.#lengths[slot] = length;
    this.#values[slot] = value;
    return value;
  }

  #holds(slot: number, view: DataView, at: number, length: number): boolean {
    const mine = this.#view;
    const start = slot * SLOT_BYTES;
    const last = length - 4;
    for (let index = 0; index < last; index += 4) {
      if (mine.getInt32(start + index) !== view.getInt32(at + index)) return false;
    }
    return mine.getInt32(start + last) === view.getInt32(at + last);
  }
}

/** Samples the start, the middle and the end: the comparison that follows reads every byte anyway. */
function hashOf(view: DataView, at: number, length: number): number {
  const first = Math.imul(view.getInt32(at), 0x9e3779b1);
  const middle = Math.imul(view.getInt32(at + ((length - 4) >> 1)), 0x85ebca77);
  const last = Math.imul(view.getInt32(at + length - 4), 0xc2b2ae3d);
  const mixed = Math.imul(first ^ (middle >>> 7) ^ middle ^ (last >>> 13) ^ last ^ length, 0x27d4eb2f);
  return mixed ^ (mixed >>> 15);
}

/** Very short ASCII without a call into C++, where that is quicker. Bad UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array, at: number, length: number): string {
  if (length > 8) return utf8(bytes, at, length);
  let text = '';
  for (let index = at; index < at + length; index++) {
    const byte = bytes[index] as number;
    if (byte >= 0x80) return utf8(bytes, at, length);
    text += ASCII[byte];
  }
  return text;
}

const ASCII: readonly string[] = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const utf8 = (bytes: Uint8Array, at: number, length: number): string =>
  Buffer.prototype.utf8Slice.call(bytes, at, at + length);
