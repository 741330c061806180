import type { Logger } from '@utxoiq/service-runner';
import type { TraceStore } from '@utxoiq/store';

export interface RetentionKeeperOptions {
  readonly store: Pick<TraceStore, 'enforceRetention'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly firstAfterMs?: number;
  readonly everyMs?: number;
}

export interface RetentionStats {
  readonly runs: number;
  readonly failures: number;
  readonly daysRemoved: number;
  /** 0: never. */
  readonly lastSuccessTimestampSeconds: number;
}

const defaults = Object.freeze({ firstAfterMs: 60_000, everyMs: 3_600_000 });

/**
 * Carries the store's retention rules out, every hour. Several processes may do so at the same time: each asks
 * anew what is too old or too much, and removing a day that is already gone does nothing.
 */
export class RetentionKeeper {
  readonly #options: Required<RetentionKeeperOptions>;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  readonly #stats = { runs: 0, failures: 0, daysRemoved: 0, lastSuccessTimestampSeconds: 0 };

  private constructor(options: RetentionKeeperOptions) {
    this.#options = { ...defaults, ...options };
    this.#timer = this.#schedule(this.#options.firstAfterMs);
  }

  static start(options: RetentionKeeperOptions): RetentionKeeper {
    return new RetentionKeeper(options);
  }

  /** For `/metrics`. */
  stats(): RetentionStats {
    return { ...this.#stats };
  }

  /** Ends a run that is under way; the next process goes on where it stopped. */
  stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    return this.#running;
  }

  #schedule(afterMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#running = this.#run();
    }, afterMs).unref();
  }

  async #run(): Promise<void> {
    const { store, logger, everyMs } = this.#options;
    const { signal } = this.#stop;
    const startedAt = Date.now();
    this.#stats.runs++;
    try {
      const { days } = await store.enforceRetention(undefined, signal);
      this.#stats.daysRemoved += days.length;
      this.#stats.lastSuccessTimestampSeconds = Math.floor(Date.now() / 1000);
      if (days.length > 0) {
        const took = Date.now() - startedAt;
        logger.info({ days, durationMs: took }, `retention removed ${days.length} days in ${took} ms`);
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#stats.failures++;
      logger.warn({ err: error }, 'retention could not be carried out; it is tried again in an hour');
    }
    if (!signal.aborted) this.#timer = this.#schedule(everyMs);
  }
}
