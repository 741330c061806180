import type { EncodedBatch } from '../encode/batch-encoder.ts';

/** A batch that is kept until `release`. */
export interface StoredBatch extends EncodedBatch {
  /** It has arrived, or nobody wants it: it need not be kept any longer. */
  release(): void;
}

/** Where batches wait when memory is not the place for them; first in, first out. */
export interface BatchStore {
  readonly isEmpty: boolean;
  /** False when there is no room. */
  offer(batch: EncodedBatch): boolean;
  /** The same, before everything that is there. */
  offerFirst(batch: EncodedBatch): boolean;
  /** The oldest one, which stays kept until it is released. */
  take(): StoredBatch | null;
  close(): void;
}
