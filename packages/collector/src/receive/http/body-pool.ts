/** Smaller bodies mostly come in one chunk, and are taken as that. */
const SMALLEST_BYTES = 64 * 1024;
/** Larger ones are too rare to be kept. */
const LARGEST_BYTES = 2 * 1024 * 1024;
const MAX_FREE = 8;

/** A body, and the way to give its memory back when nobody reads it any more. */
export interface PooledBody {
  readonly bytes: Buffer;
  release(): void;
}

/**
 * Memory of bodies that were answered, for those that come. Memory anew for each request made the collector collect its
 * garbage every 17,000 spans: it is outside of the heap, and its growth alone starts a collection of the whole heap.
 */
export class BodyPool {
  readonly #free: Buffer[] = [];

  static wants(bytes: number): boolean {
    return bytes >= SMALLEST_BYTES && bytes <= LARGEST_BYTES;
  }

  take(bytes: number): PooledBody {
    const index = this.#free.findIndex((buffer) => buffer.length >= bytes);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    const buffer = found ?? Buffer.allocUnsafeSlow(roundUp(bytes));
    let released = false;
    return {
      bytes: buffer.subarray(0, bytes),
      release: () => {
        if (!released && this.#free.length < MAX_FREE) this.#free.push(buffer);
        released = true;
      },
    };
  }
}

/** Bodies of one sender are never quite alike. */
const roundUp = (bytes: number): number => Math.ceil(bytes / SMALLEST_BYTES) * SMALLEST_BYTES;
