import type { ClickHouseSettings } from '@clickhouse/client';

export interface QueryLimits {
  /** Time for one call, over all its statements. Default 10 s. */
  readonly timeoutMs: number;
  /** Memory of one statement in the engine. Default 400 MB. */
  readonly memoryBytes: number;
  /**
   * What the values offered while typing are worth: their counts are of the newest spans that could be read in it.
   * Default 0.3 s.
   */
  readonly completionMs: number;
}

export const DEFAULT_LIMITS: QueryLimits = Object.freeze({
  timeoutMs: 10_000,
  memoryBytes: 400_000_000,
  completionMs: 300,
});

/** The time that one call has left; its settings make the engine stop a statement that takes longer. */
export class Deadline {
  readonly #endsAt: number;
  readonly #limits: QueryLimits;

  constructor(limits: QueryLimits) {
    this.#limits = limits;
    this.#endsAt = performance.now() + limits.timeoutMs;
  }

  get leftMs(): number {
    return this.#endsAt - performance.now();
  }

  get isOver(): boolean {
    return this.leftMs <= 0;
  }

  settings(): ClickHouseSettings {
    return {
      max_execution_time: Math.max(0.1, this.leftMs / 1000),
      max_memory_usage: String(this.#limits.memoryBytes),
    };
  }
}
