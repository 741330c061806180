import { useSyncExternalStore } from 'react';

export interface ReachabilityOptions {
  /** Rejects, or resolves to false, when nobody answers. */
  readonly probe: () => Promise<boolean>;
  readonly nowMs?: () => number;
  readonly wait?: (run: () => void, ms: number) => void;
}

/** A request cut off by the browser itself comes alone: only a second one, a moment later, is believed. */
const doubtMs = 1000;
const againMs = 3000;

/** Whether the platform answers, found out by asking it, since `navigator.onLine` only knows of cables. */
export class Reachability {
  readonly #options: Required<ReachabilityOptions>;
  readonly #listeners = new Set<() => void>();
  #silentSinceMs: number | null = null;
  #isAsking = false;

  constructor({
    probe,
    nowMs = () => Date.now(),
    wait = (run, ms) => void setTimeout(run, ms),
  }: ReachabilityOptions) {
    this.#options = { probe, nowMs, wait };
  }

  /** Since when nobody answers (Unix ms); null while somebody does. */
  get silentSinceMs(): number | null {
    return this.#silentSinceMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A request got no answer, or one from a proxy that got none. */
  noteSilence(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#askIn(doubtMs, this.#options.nowMs());
  }

  #askIn(ms: number, sinceMs: number): void {
    this.#options.wait(() => void this.#ask(sinceMs), ms);
  }

  async #ask(sinceMs: number): Promise<void> {
    const answers = await this.#options.probe().catch(() => false);
    if (answers) this.#isAsking = false;
    else this.#askIn(againMs, sinceMs);
    const silentSinceMs = answers ? null : sinceMs;
    if (silentSinceMs === this.#silentSinceMs) return;
    this.#silentSinceMs = silentSinceMs;
    for (const listener of this.#listeners) listener();
  }
}

const probeTimeoutMs = 5000;

/** Of the platform that this page came from; the address asked for needs no session. */
export const reachability = new Reachability({
  probe: async () => {
    const signal = AbortSignal.timeout(probeTimeoutMs);
    return (await fetch('/api/v1/session/config', { signal })).status < 500;
  },
});

export function useSilentSince(): number | null {
  return useSyncExternalStore(reachability.subscribe, () => reachability.silentSinceMs);
}
