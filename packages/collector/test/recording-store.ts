import { type SpanBlock, StoreError } from '@utxoiq/store';
import type { SpanStore } from '../src/index.ts';

/** A store that keeps tokens and encoded blocks, once per token, and fails or waits on demand. */
export class RecordingStore implements SpanStore {
  readonly blocks = new Map<string, { readonly rows: number; readonly bytes: Buffer }>();
  readonly attempts: string[] = [];
  failure: Error | null = null;
  /** Blocks of so many spans are refused, whenever they come. */
  refusedRows = 0;
  /** Blocks of so many spans fail, whenever they come: too much for the engine. */
  failingRows = 0;
  beforeInsert: () => Promise<void> = async () => {};
  inFlight = 0;
  maxInFlight = 0;

  get rows(): number {
    return [...this.blocks.values()].reduce((sum, block) => sum + block.rows, 0);
  }

  async ping(): Promise<void> {
    if (this.failure !== null) throw this.failure;
  }

  async insertBlock(
    block: SpanBlock,
    { token, signal }: { token: string; signal?: AbortSignal },
  ): Promise<void> {
    this.attempts.push(token);
    this.inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    try {
      if (this.failure !== null) throw this.failure;
      const { rows } = block;
      if (rows === this.refusedRows) throw new StoreError('INSERT_REFUSED', `no block of ${rows} spans`);
      if (rows === this.failingRows) throw new StoreError('UNREACHABLE', `no answer for ${rows} spans`);
      const bytes = Buffer.from(block.encode());
      await this.beforeInsert();
      signal?.throwIfAborted();
      if (!this.blocks.has(token)) this.blocks.set(token, { rows, bytes });
    } finally {
      this.inFlight--;
    }
  }
}
