import { SpanBlock, StoreError } from '@utxoiq/store';
import { type BlockJournal, type LogBlock, MAX_UNFINISHED_BLOCKS } from '../log/block-journal.ts';
import type { SetAsideBlocks } from '../log/set-aside-blocks.ts';
import type { CollectorLogger } from '../logger.ts';
import { untilDone } from './back-off.ts';

/** The part of `TraceStore` the collector writes through. */
export interface SpanStore {
  /** Durable when it resolves; a block that came before under the same token is stored once. */
  insertBlock(
    block: SpanBlock,
    options: { readonly token: string; readonly signal?: AbortSignal },
  ): Promise<unknown>;
  /** Rejects while the store does not answer. */
  ping(signal?: AbortSignal): Promise<unknown>;
}

export interface BlockInserterOptions {
  readonly store: SpanStore;
  readonly journal: BlockJournal;
  readonly limits: { readonly maxInsertsInFlight: number; readonly maxBlockRefusals: number };
  readonly setAside: SetAsideBlocks;
  readonly logger: CollectorLogger;
  readonly signal: AbortSignal;
  /** Called when everything before a position is stored. */
  readonly onStored: (doneTo: number) => void;
  /** Called when another block may be handed over. */
  readonly onSlot: () => void;
}

interface Inserting {
  readonly range: LogBlock;
  readonly token: string;
  readonly spans: number;
  done: boolean;
  /** How often the store said that it cannot take this block, and how many others it had taken before. */
  refusals: number;
  storedBefore: number;
  /** How often it failed otherwise while others did not, and how many others were stored when it last did. */
  lonelyFailures: number;
  storedAtFailure: number | null;
  promise: Promise<void>;
}

/** So many blocks that the store refuses let others pass. */
const MAX_REFUSED = 4;

/** Stores sealed blocks, a few at a time, each until it succeeds; while the store is away they wait here. */
export class BlockInserter {
  readonly #options: BlockInserterOptions;
  /** In the log's order, so that the first is the oldest not yet stored. */
  readonly #inserting: Inserting[] = [];
  readonly #spare: SpanBlock[] = [];
  readonly stats = { storedSpans: 0, storedBlocks: 0, failedInserts: 0, setAsideSpans: 0 };
  failure: unknown = null;
  /** Wakes whoever waits for a slot: a block lets others pass. */
  #onRefusal: () => void = () => {};

  constructor(options: BlockInserterOptions) {
    this.#options = options;
  }

  get hasSlot(): boolean {
    if (this.#inserting.length >= MAX_UNFINISHED_BLOCKS) return false;
    const pending = this.#inserting.filter((one) => !one.done);
    const refused = pending.filter((one) => one.refusals > 0).length;
    return pending.length - Math.min(refused, MAX_REFUSED) < this.#options.limits.maxInsertsInFlight;
  }

  async slot(): Promise<void> {
    const { signal } = this.#options;
    while (!this.hasSlot && !signal.aborted) {
      const freed = Promise.withResolvers<void>();
      this.#onRefusal = freed.resolve;
      await Promise.race([
        freed.promise,
        ...this.#inserting.filter((one) => !one.done).map((one) => one.promise),
      ]);
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
      token: `${this.#options.journal.logId}-${range.from}-${range.to}`,
      spans: block.rows,
      done: false,
      refusals: 0,
      storedBefore: 0,
      lonelyFailures: 0,
      storedAtFailure: null,
      promise: Promise.resolve(),
    };
    inserting.promise = this.#store(block, inserting).then(async (outcome) => {
      if (outcome === 'aborted') return;
      inserting.done = true;
      await this.#finish();
      this.#options.onSlot();
    });
    this.#inserting.push(inserting);
  }

  async #store(block: SpanBlock, inserting: Inserting): Promise<'done' | 'aborted'> {
    const { store, signal } = this.#options;
    const { spans, token } = inserting;
    let isSetAside = false;
    const attempt = async (): Promise<void> => {
      try {
        if (spans > 0) await store.insertBlock(block, { token, signal });
      } catch (error) {
        isSetAside = await this.#setsAside(inserting, error);
        if (!isSetAside) throw error;
      }
    };
    const onFailure = (error: unknown, failures: number) => this.#report(error, failures);
    const outcome = await untilDone(attempt, { signal, onFailure });
    if (outcome === 'aborted') return outcome;
    if (isSetAside) this.stats.setAsideSpans += spans;
    else this.#stored(spans);
    block.clear();
    this.#spare.push(block);
    return outcome;
  }

  #stored(spans: number): void {
    if (this.failure !== null) this.#options.logger.info('the store takes blocks again');
    this.failure = null;
    this.stats.storedSpans += spans;
    this.stats.storedBlocks++;
  }

  /**
   * Whether a block was put aside for good: the store said often enough that it cannot take it, or failed on it, while it
   * took others. If it takes none, the fault is not a block's, and all stay in the log.
   */
  async #setsAside(inserting: Inserting, error: unknown): Promise<boolean> {
    const { logger, setAside, signal } = this.#options;
    if (signal.aborted) return false;
    const isRefusal = error instanceof StoreError && error.code === 'INSERT_REFUSED';
    if (!(isRefusal ? this.#isRefusedForGood(inserting) : this.#failsAlone(inserting))) return false;
    const { token, spans, range } = inserting;
    try {
      const path = await setAside.put(token, range);
      logger.error(
        { err: error, path, spans },
        'the store cannot take a block while it takes others: it was set aside',
      );
      return true;
    } catch (err) {
      logger.error({ err, token }, 'a block that the store refuses cannot be set aside');
      return false;
    }
  }

  #isRefusedForGood(inserting: Inserting): boolean {
    if (inserting.refusals++ === 0) {
      inserting.storedBefore = this.stats.storedBlocks;
      this.#onRefusal();
      this.#options.onSlot();
    }
    const othersAreTaken = this.stats.storedBlocks > inserting.storedBefore;
    return inserting.refusals >= this.#options.limits.maxBlockRefusals && othersAreTaken;
  }

  /** A block that takes the engine more time or memory than there is would hold up all others in the end. */
  #failsAlone(inserting: Inserting): boolean {
    const { storedBlocks } = this.stats;
    const before = inserting.storedAtFailure;
    inserting.storedAtFailure = storedBlocks;
    if (before === null) return false;
    // All that may pass it have passed it.
    const isLast = this.#inserting.length >= MAX_UNFINISHED_BLOCKS;
    if (storedBlocks > before || isLast) inserting.lonelyFailures++;
    return inserting.lonelyFailures >= this.#options.limits.maxBlockRefusals;
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
