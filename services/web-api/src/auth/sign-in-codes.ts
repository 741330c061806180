import { createHash, randomBytes } from 'node:crypto';
import type { Principal } from './principal.ts';

const lifetimeMs = 12 * 3600 * 1000;

/** Codes of sign-in links: each good once, kept as hashes, in memory only. */
export class SignInCodes {
  readonly #codes = new Map<string, { principal: Principal; expiresAtMs: number }>();
  readonly #now: () => number;

  constructor(options: { now?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
  }

  issue(principal: Principal): string {
    const code = randomBytes(24).toString('base64url');
    this.#codes.set(hashOf(code), { principal, expiresAtMs: this.#now() + lifetimeMs });
    return code;
  }

  /** Who the code stands for; null when it is unknown, used or too old. */
  redeem(code: string): Principal | null {
    const key = hashOf(code);
    const entry = this.#codes.get(key);
    this.#codes.delete(key);
    return entry === undefined || entry.expiresAtMs < this.#now() ? null : entry.principal;
  }
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('base64url');
