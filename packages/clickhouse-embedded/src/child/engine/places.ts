import { ClickHouseError } from '../http/clickhouse-error.ts';

/** So many at a time, so many waiting, first come first served. */
export class Places {
  readonly #limit: number;
  readonly #maxQueued: number;
  readonly #queue: Array<() => void> = [];
  #taken = 0;

  constructor(limit: number, maxQueued: number) {
    this.#limit = limit;
    this.#maxQueued = maxQueued;
  }

  get taken(): number {
    return this.#taken;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Resolves with the way to give the place back. Rejects when the queue is full or `signal` aborts. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#taken < this.#limit) {
      this.#taken++;
    } else {
      await this.#wait(signal);
    }
    return this.#releaser();
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#queue.length >= this.#maxQueued) {
      throw new ClickHouseError(
        202,
        'TOO_MANY_SIMULTANEOUS_QUERIES',
        `${this.#maxQueued} queries wait already`,
      );
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(enter), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.push(enter);
    });
  }

  #releaser(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#queue.shift();
      if (next === undefined) this.#taken--;
      else next();
    };
  }
}
