import { SpanBlock } from '@utxoiq/store';
import type { BlockJournal, LogBlock } from '../log/block-journal.ts';
import type { CollectorLogger } from '../logger.ts';
import { untilDone } from './back-off.ts';

/** The part of `TraceStore` the collector writes through. */
export interface SpanStore {
  /** Durable when it resolves; a block that came before under the same token is stored once. */
  insertBlock(
    block: SpanBlock,
    options: { readonly token: string; readonly signal?: AbortSignal },
  ): Promise<unknown>;
}

export interface BlockInserterOptions {
  readonly store: SpanStore;
  readonly journal: BlockJournal;
  readonly limits: { readonly maxInsertsInFlight: number };
  readonly logger: CollectorLogger;
  readonly signal: AbortSignal;
  /** Called when everything before a position is stored. */
  readonly onStored: (doneTo: number) => void;
  /** Called when another block may be handed over. */
  readonly onSlot: () => void;
}

interface Inserting {
  readonly range: LogBlock;
  readonly promise: Promise<void>;
  done: boolean;
}

/** Stores sealed blocks, a few at a time, each until it succeeds; while the store is away they wait here. */
export class BlockInserter {
  readonly #options: BlockInserterOptions;
  /** In the log's order, so that the first is the oldest not yet stored. */
  readonly #inserting: Inserting[] = [];
  readonly #spare: SpanBlock[] = [];
  readonly stats = { storedSpans: 0, storedBlocks: 0, failedInserts: 0 };
  failure: unknown = null;

  constructor(options: BlockInserterOptions) {
    this.#options = options;
  }

  get hasSlot(): boolean {
    return this.#pending < this.#options.limits.maxInsertsInFlight;
  }

  get #pending(): number {
    return this.#inserting.reduce((count, one) => count + (one.done ? 0 : 1), 0);
  }

  async slot(): Promise<void> {
    const { signal } = this.#options;
    while (!this.hasSlot && !signal.aborted) {
      await Promise.race(this.#inserting.filter((one) => !one.done).map((one) => one.promise));
    }
  }

  async idle(): Promise<void> {
    await Promise.all(this.#inserting.map((one) => one.promise));
  }

  emptyBlock(): SpanBlock {
    return this.#spare.pop() ?? new SpanBlock();
  }

  insert(block: SpanBlock, range: LogBlock): void {
    const inserting: Inserting = {
      range,
      done: false,
      promise: this.#store(block, range).then(async (outcome) => {
        if (outcome === 'aborted') return;
        inserting.done = true;
        await this.#finish();
        this.#options.onSlot();
      }),
    };
    this.#inserting.push(inserting);
  }

  async #store(block: SpanBlock, range: LogBlock): Promise<'done' | 'aborted'> {
    const { store, journal, signal } = this.#options;
    const token = `${journal.logId}-${range.from}-${range.to}`;
    const spans = block.rows;
    const outcome = await untilDone(
      async () => {
        if (spans > 0) await store.insertBlock(block, { token, signal });
      },
      { signal, onFailure: (error, failures) => this.#report(error, failures) },
    );
    if (outcome === 'aborted') return outcome;
    if (this.failure !== null) this.#options.logger.info('the store takes blocks again');
    this.failure = null;
    this.stats.storedSpans += spans;
    this.stats.storedBlocks++;
    block.clear();
    this.#spare.push(block);
    return outcome;
  }

  #report(error: unknown, failures: number): void {
    this.stats.failedInserts++;
    if (this.failure === null || failures % 12 === 0) {
      this.#options.logger.warn({ err: error, failures }, 'the store took no block: trying again');
    }
    this.failure = error;
  }

  /** Moves the mark up to the oldest block that is not stored. */
  async #finish(): Promise<void> {
    let doneTo = -1;
    while (this.#inserting[0]?.done === true) {
      doneTo = this.#inserting[0].range.to;
      this.#inserting.shift();
    }
    if (doneTo < 0) return;
    try {
      await this.#options.journal.finish(doneTo);
      this.#options.onStored(doneTo);
    } catch (err) {
      // Only a repeated insert of known tokens after a crash comes of this.
      this.#options.logger.warn({ err }, 'the block journal cannot be written');
    }
  }
}
