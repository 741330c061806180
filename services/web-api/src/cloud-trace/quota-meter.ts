import { GoogleError } from './google-error.ts';

/** Units of one project in 60 seconds, and what a call costs (cloud.google.com/trace/docs/quotas). */
export const GOOGLE_QUOTA = { readUnits: 300, writeUnits: 4800, windowMs: 60_000, listUnits: 25 } as const;

type Metric = 'Read' | 'Write';
interface Window {
  readonly startMs: number;
  units: number;
}

/** Counts like Google does, so that a client's back-off can be tried without Google. */
export class QuotaMeter {
  readonly #windows = new Map<string, Window>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Throws RESOURCE_EXHAUSTED when the project has not so many units left. */
  spend(projectId: string, metric: Metric, units: number): void {
    const now = this.#now();
    const key = `${metric} ${projectId}`;
    const window = this.#current(key, now);
    const limit = metric === 'Read' ? GOOGLE_QUOTA.readUnits : GOOGLE_QUOTA.writeUnits;
    if (window.units + units > limit) {
      const name = `${metric} requests (free)`;
      throw new GoogleError(
        'RESOURCE_EXHAUSTED',
        `Quota exceeded for quota metric '${name}' and limit '${name} per minute' of service 'cloudtrace.googleapis.com' for consumer 'project:${projectId}'.`,
        { retryAfterMs: window.startMs + GOOGLE_QUOTA.windowMs - now },
      );
    }
    window.units += units;
  }

  #current(key: string, now: number): Window {
    const known = this.#windows.get(key);
    if (known !== undefined && now - known.startMs < GOOGLE_QUOTA.windowMs) return known;
    if (this.#windows.size >= 1000) this.#forget(now);
    const window = { startMs: now, units: 0 };
    this.#windows.set(key, window);
    return window;
  }

  #forget(now: number): void {
    for (const [key, { startMs }] of this.#windows) {
      if (now - startMs >= GOOGLE_QUOTA.windowMs) this.#windows.delete(key);
    }
  }
}
