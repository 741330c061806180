import { TracingError } from '../tracing-error.ts';

/** Google's read quota of a project (cloud.google.com/trace/docs/quotas). */
export const READ_QUOTA = { units: 300, windowMs: 60_000 } as const;
/** What a call costs. */
export const READ_COST = { list: 25, get: 1 } as const;

export interface BudgetOptions {
  readonly units: number;
  readonly windowMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Keeps a client inside the quota: it waits for units that are spent, instead of being refused. */
export class ReadBudget {
  readonly #options: BudgetOptions;
  /** What was spent in the last window, oldest first. */
  readonly #spent: { readonly at: number; readonly units: number }[] = [];

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Throws QUOTA_EXCEEDED when the wait would go beyond the deadline. */
  async spend(units: number, { deadline, signal }: { deadline: number; signal: AbortSignal }): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const waitMs = this.#waitMs(units);
      const now = this.#options.now();
      if (waitMs === 0) {
        this.#spent.push({ at: now, units });
        return;
      }
      if (now + waitMs > deadline) {
        const seconds = Math.ceil(waitMs / 1000);
        throw new TracingError(
          'QUOTA_EXCEEDED',
          `the read quota of ${this.#options.units} units a minute is spent; it takes ${seconds} s until ${units} are free`,
        );
      }
      await this.#options.sleep(waitMs, signal);
    }
  }

  /** How long until so many units are free. */
  #waitMs(units: number): number {
    const { windowMs, now } = this.#options;
    const time = now();
    while (this.#spent[0] !== undefined && time - this.#spent[0].at >= windowMs) this.#spent.shift();
    let excess = this.#spent.reduce((sum, spent) => sum + spent.units, 0) + units - this.#options.units;
    if (excess <= 0) return 0;
    for (const spent of this.#spent) {
      excess -= spent.units;
      if (excess <= 0) return spent.at + windowMs - time;
    }
    return windowMs;
  }
}
