import { directoryUnusable } from './collector-error.ts';
import type { SpanStore } from './loader/block-inserter.ts';
import { Loader, type LoaderLimits } from './loader/loader.ts';
import { BlockJournal } from './log/block-journal.ts';
import { lockDirectory } from './log/directory-lock.ts';
import type { LogFileSystem } from './log/file-system.ts';
import { type Damage, LogReader } from './log/log-reader.ts';
import { findSegments } from './log/segments.ts';
import { SetAsideBlocks } from './log/set-aside-blocks.ts';
import { type LogLimits, WriteAheadLog } from './log/write-ahead-log.ts';
import type { CollectorLogger } from './logger.ts';

export interface PipelineStats {
  readonly storedSpans: number;
  readonly storedBlocks: number;
  readonly failedInserts: number;
  /** Of blocks that the store refused for good, since the start: they are in files. */
  readonly setAsideSpans: number;
  readonly unreadableRecords: number;
  /** Bytes of all segments on the disk. */
  readonly logBytes: number;
  /** Bytes of the log that are not in the store yet. */
  readonly logBacklogBytes: number;
  readonly logWaitingBytes: number;
  readonly logSyncs: number;
  readonly tornBytes: number;
  readonly damagedBytes: number;
  readonly logFailing: boolean;
  readonly storeFailing: boolean;
}

/** The log and what empties it into the store. */
export class Pipeline {
  readonly log: WriteAheadLog;
  readonly #journal: BlockJournal;
  readonly #loader: Loader;
  readonly #unlock: () => void;
  readonly #drainTimeoutMs: number;
  readonly #damage: { tornBytes: number; damagedBytes: number };

  private constructor(parts: {
    log: WriteAheadLog;
    journal: BlockJournal;
    loader: Loader;
    unlock: () => void;
    drainTimeoutMs: number;
    damage: { tornBytes: number; damagedBytes: number };
  }) {
    this.log = parts.log;
    this.#journal = parts.journal;
    this.#loader = parts.loader;
    this.#unlock = parts.unlock;
    this.#drainTimeoutMs = parts.drainTimeoutMs;
    this.#damage = parts.damage;
  }

  static async open(options: {
    directory: string;
    files: LogFileSystem;
    limits: LogLimits & LoaderLimits & { readonly drainTimeoutMs: number };
    logger: CollectorLogger;
    store: SpanStore;
  }): Promise<Pipeline> {
    const { directory, files, limits, logger, store } = options;
    const unlock = lockDirectory(directory);
    try {
      const damage = { tornBytes: 0, damagedBytes: 0 };
      const onDamage = ({ kind, bytes }: Damage) => {
        damage[kind === 'torn-tail' ? 'tornBytes' : 'damagedBytes'] += bytes;
      };
      const onDurable = () => loader.notify();
      const found = await findSegments(files, directory);
      const firstPosition = found[0]?.base;
      const journal = await BlockJournal.open({ files, directory, logger, firstPosition });
      const log = new WriteAheadLog({
        files,
        directory,
        limits,
        logger,
        segments: found,
        firstPosition: journal.spentTo,
        onDurable,
      });
      const segments = () => log.segments;
      const reader = new LogReader({
        files,
        directory,
        segments,
        logger,
        onDamage,
        position: journal.doneTo,
      });
      // Never rejects; nobody waits, a segment more on the disk is no harm.
      const onStored = (doneTo: number) => void log.release(doneTo);
      const setAside = new SetAsideBlocks({ files, directory, segments, logger });
      const loader = new Loader({ reader, journal, store, limits, setAside, logger, onStored });
      onStored(journal.doneTo);
      loader.start();
      const { drainTimeoutMs } = limits;
      return new Pipeline({ log, journal, loader, unlock, drainTimeoutMs, damage });
    } catch (cause) {
      unlock();
      throw directoryUnusable(directory, cause);
    }
  }

  stats(): PipelineStats {
    const { log } = this;
    const end = log.segments.at(-1)?.end ?? 0;
    return {
      ...this.#loader.stats,
      logBytes: log.bytes,
      logBacklogBytes: Math.max(0, end - Math.max(this.#journal.doneTo, log.segments[0]?.base ?? 0)),
      logWaitingBytes: log.waitingBytes,
      logSyncs: log.syncs,
      ...this.#damage,
      logFailing: log.failure !== null,
      storeFailing: this.#loader.failure !== null,
    };
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.#loader.stop(this.#drainTimeoutMs);
    try {
      await this.log.release(this.#journal.doneTo);
      await this.#journal.close();
    } finally {
      this.#unlock();
    }
  }
}
