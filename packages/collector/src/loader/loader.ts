import { SpanBlock, type SpanRow } from '@utxoiq/store';
import type { BlockJournal, LogBlock } from '../log/block-journal.ts';
import type { LogBatch, LogReader, LogRecord } from '../log/log-reader.ts';
import type { SetAsideBlocks } from '../log/set-aside-blocks.ts';
import { readSpanRecord, type SpanRecord } from '../log/span-record.ts';
import type { CollectorLogger } from '../logger.ts';
import { RequestDecoder } from '../otlp/request-decoder.ts';
import { untilDone } from './back-off.ts';
import { BlockInserter, type SpanStore } from './block-inserter.ts';
import { retrySetAside } from './set-aside-retry.ts';

export interface LoaderLimits {
  readonly maxBlockSpans: number;
  /** Of request bodies in one block. */
  readonly maxBlockBytes: number;
  /** How long the first span of a block waits for more, at rest. */
  readonly maxBlockDelayMs: number;
  /** The same for a block that is busy: larger blocks make fewer parts, and those far fewer merges. */
  readonly maxBusyBlockDelayMs: number;
  /** A block with so many spans is busy. */
  readonly busyBlockSpans: number;
  readonly maxInsertsInFlight: number;
  /** So often a block that the store cannot take is tried again, while the store takes others. */
  readonly maxBlockRefusals: number;
}

/** Other work waits no longer than about this for a block being filled. */
const SLICE_MS = 5;

/**
 * Takes the log's records in order, decodes them into blocks and stores those. What a block holds is written
 * to the journal first, so that a start after a crash makes the same blocks with the same tokens.
 */
export class Loader {
  readonly #reader: LogReader;
  readonly #journal: BlockJournal;
  readonly #limits: LoaderLimits;
  readonly #logger: CollectorLogger;
  readonly #inserter: BlockInserter;
  readonly #retrySetAside: () => Promise<void>;
  readonly #decoder = new RequestDecoder();
  readonly #add = (row: SpanRow): void => this.#block.add(row);
  /** The blocks the crashed run had begun; they are made again first. */
  readonly #unfinished: LogBlock[];
  readonly #abort = new AbortController();
  readonly #stopRetrying = new AbortController();
  #block = new SpanBlock();
  #from: number;
  #bytes = 0;
  #startedAt = 0;
  #wake: (() => void) | null = null;
  #draining = false;
  #running: Promise<void> | null = null;
  #retrying: Promise<void> | null = null;
  #unreadable = 0;

  constructor(options: {
    reader: LogReader;
    journal: BlockJournal;
    store: SpanStore;
    limits: LoaderLimits;
    setAside: SetAsideBlocks;
    logger: CollectorLogger;
    /** Called when everything before a position is stored. */
    onStored: (doneTo: number) => void;
  }) {
    this.#reader = options.reader;
    this.#journal = options.journal;
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#unfinished = [...options.journal.unfinished];
    this.#from = options.reader.position;
    this.#retrySetAside = () =>
      retrySetAside({
        ...options,
        signal: this.#stopRetrying.signal,
        onStored: (spans) => {
          this.#inserter.stats.storedSpans += spans;
        },
      });
    this.#inserter = new BlockInserter({
      ...options,
      signal: this.#abort.signal,
      onSlot: () => this.notify(),
    });
  }

  get stats(): {
    storedSpans: number;
    storedBlocks: number;
    failedInserts: number;
    setAsideSpans: number;
    unreadableRecords: number;
  } {
    return { ...this.#inserter.stats, unreadableRecords: this.#unreadable };
  }

  /** Why the store did not take a block last; null while it does. */
  get failure(): unknown {
    return this.#inserter.failure;
  }

  start(): void {
    this.#retrying = this.#retrySetAside();
    this.#running = this.#run().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#logger.error({ err: error }, 'the loader has stopped');
    });
  }

  /** Something may be done: records became durable, a slot for an insert is free. */
  notify(): void {
    this.#wake?.();
  }

  /** Stores what is in the log. What cannot be stored in the time stays there for the next start. */
  async stop(timeoutMs: number): Promise<void> {
    this.#draining = true;
    this.#stopRetrying.abort();
    this.notify();
    const timer = setTimeout(() => {
      this.#abort.abort();
      this.notify();
    }, timeoutMs);
    await this.#running;
    await this.#inserter.idle();
    await this.#retrying;
    clearTimeout(timer);
    await this.#reader.close();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const batch = await this.#reader.next().catch((error: unknown) => this.#readFailed(error));
      if (batch !== null) await this.#take(batch);
      else if (this.#unfinished.length > 0) await this.#sealUnfinished();
      else if (this.#block.rows === 0) {
        if (this.#draining) return;
        await this.#idle();
      } else if ((this.#isDue() || this.#draining) && this.#inserter.hasSlot) {
        await this.#seal(this.#reader.position);
      } else await this.#idle();
    }
  }

  async #readFailed(error: unknown): Promise<null> {
    this.#logger.error({ err: error }, 'the write-ahead log cannot be read');
    await this.#idle(1_000);
    return null;
  }

  async #take({ buffer, records }: LogBatch): Promise<void> {
    let sliceEnd = performance.now() + SLICE_MS;
    for (const record of records) {
      const spans = readSpanRecord(buffer, record.payloadAt);
      await this.#makeRoom(record, spans?.spanCount ?? 0);
      if (spans === null) this.#skipUnknown(record);
      else this.#decode(buffer, record, spans);
      if (this.#abort.signal.aborted) return;
      if (performance.now() < sliceEnd) continue;
      await new Promise(setImmediate);
      sliceEnd = performance.now() + SLICE_MS;
    }
  }

  /** Ends the block before the record if the record belongs to another one. */
  async #makeRoom(record: LogRecord, spans: number): Promise<void> {
    while (this.#unfinished[0] !== undefined && record.position >= this.#unfinished[0].to) {
      await this.#sealUnfinished();
    }
    const [again] = this.#unfinished;
    if (this.#block.rows === 0) return;
    if (again !== undefined && record.position >= again.from) {
      // What stands before a block that was begun, in no block of its own, was not begun.
      if (this.#from < again.from) await this.#seal(again.from);
      return;
    }
    const { maxBlockSpans, maxBlockBytes } = this.#limits;
    const bytes = record.payloadEnd - record.payloadAt;
    const full = this.#block.rows + spans > maxBlockSpans || this.#bytes + bytes > maxBlockBytes;
    if (full || (this.#isDue() && this.#inserter.hasSlot)) await this.#seal(record.position);
  }

  async #sealUnfinished(): Promise<void> {
    const block = this.#unfinished.shift();
    if (block === undefined) return;
    await this.#inserter.slot();
    this.#handOver(block);
  }

  #isDue(): boolean {
    return performance.now() >= this.#dueAt();
  }

  #dueAt(): number {
    const { maxBlockDelayMs, maxBusyBlockDelayMs, busyBlockSpans } = this.#limits;
    return this.#startedAt + (this.#block.rows < busyBlockSpans ? maxBlockDelayMs : maxBusyBlockDelayMs);
  }

  #decode(buffer: Buffer, record: LogRecord, spans: SpanRecord): void {
    if (this.#block.rows === 0) this.#startedAt = performance.now();
    this.#bytes += record.payloadEnd - record.payloadAt;
    const { defaultProject, rejected } = spans;
    try {
      const request = {
        bytes: buffer,
        start: spans.bodyAt,
        end: record.payloadEnd,
        defaultProject,
        rejected,
      };
      this.#decoder.decode(request, this.#add);
    } catch (err) {
      this.#unreadable++;
      this.#logger.error(
        { err, position: record.position },
        'a record of the log cannot be decoded: skipped',
      );
    }
  }

  #skipUnknown(record: LogRecord): void {
    this.#unreadable++;
    this.#logger.error(
      { position: record.position },
      'a record of the log is of an unknown version: skipped',
    );
  }

  /** Ends the block at a position. Waits while too many blocks are on their way to the store. */
  async #seal(to: number): Promise<void> {
    const range = { from: this.#from, to };
    await this.#inserter.slot();
    const outcome = await untilDone(() => this.#journal.begin(range), {
      signal: this.#abort.signal,
      onFailure: (err, failures) => {
        if (failures === 1) this.#logger.error({ err }, 'the block journal cannot be written');
      },
    });
    if (outcome === 'done') this.#handOver(range);
  }

  #handOver(range: LogBlock): void {
    this.#inserter.insert(this.#block, range);
    this.#block = this.#inserter.emptyBlock();
    this.#bytes = 0;
    this.#from = range.to;
  }

  async #idle(limitMs = 3_600_000): Promise<void> {
    if (this.#reader.behind && limitMs > 60_000) return;
    const dueInMs =
      this.#block.rows > 0 && this.#inserter.hasSlot ? this.#dueAt() - performance.now() : limitMs;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, Math.min(dueInMs, limitMs)));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}
