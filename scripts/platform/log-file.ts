import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const maxBytes = 20 * 1024 * 1024;

/** A service's log: `name.log`, and the part before it as `name.1.log`, 20 MiB each at most. */
export class LogFile {
  readonly path: string;
  readonly #previous: string;
  #size: number;

  constructor(dir: string, name: string) {
    mkdirSync(dir, { recursive: true });
    this.path = join(dir, `${name}.log`);
    this.#previous = join(dir, `${name}.1.log`);
    this.#size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(lines: string): void {
    if (this.#size > maxBytes) {
      renameSync(this.path, this.#previous);
      this.#size = 0;
    }
    appendFileSync(this.path, lines);
    this.#size += Buffer.byteLength(lines);
  }
}
