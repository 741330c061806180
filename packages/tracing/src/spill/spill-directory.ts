import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { EncodedBatch } from '../encode/batch-encoder.ts';
import { abandonedDirectories, ownerName } from './abandoned.ts';
import type { BatchStore, StoredBatch } from './batch-store.ts';
import { batchOfSpill, spillBytes } from './spill-file.ts';

export interface SpillOptions {
  readonly directory: string;
  /** Bytes of all files; beyond it the newest batch is not taken. */
  readonly maxBytes: number;
  readonly onError: (what: string, error: unknown) => void;
}

interface SpilledFile {
  readonly path: string;
  readonly bytes: number;
}

const SUFFIX = '.otlp';
const MIDDLE = 5e11;
/** Directories that services of this process write to. */
const inUse = new Set<string>();

/**
 * Batches as files, each process in a directory of its own. What a process that is gone has left is taken over
 * at start, and goes out first. Writes are plain and without fsync: they outlive the process, not the machine.
 */
export class SpillDirectory implements BatchStore {
  private readonly options: SpillOptions;
  private readonly own: string;
  private readonly files: SpilledFile[] = [];
  private bytes = 0;
  private firstNumber = MIDDLE;
  private lastNumber = MIDDLE;
  private made = false;

  private constructor(options: SpillOptions) {
    this.options = options;
    this.own = join(options.directory, ownerName(hostname(), process.pid));
    inUse.add(this.own);
  }

  /** Never throws: a directory that cannot be used holds nothing, and is reported. */
  static open(options: SpillOptions): SpillDirectory {
    const opened = new SpillDirectory(options);
    opened.guard('taking over spilled spans', () => opened.takeOver());
    return opened;
  }

  get isEmpty(): boolean {
    return this.files.length === 0;
  }

  get storedBytes(): number {
    return this.bytes;
  }

  offer(batch: EncodedBatch): boolean {
    return this.write(batch, (file) => this.files.push(file), this.lastNumber + 1);
  }

  offerFirst(batch: EncodedBatch): boolean {
    return this.write(batch, (file) => this.files.unshift(file), this.firstNumber - 1);
  }

  take(): StoredBatch | null {
    for (let file = this.files.shift(); file !== undefined; file = this.files.shift()) {
      const batch = this.read(file);
      if (batch !== null) return { ...batch, release: () => this.remove(file) };
      this.remove(file);
      this.options.onError(`${file.path} is no batch of spans any more, it is dropped`, null);
    }
    return null;
  }

  close(): void {
    inUse.delete(this.own);
    try {
      if (!this.made || this.bytes > 0) return;
      rmdirSync(this.own);
      this.made = false;
    } catch {
      // Something came in meanwhile: the next start takes it over.
    }
  }

  private read({ path }: SpilledFile): EncodedBatch | null {
    try {
      return batchOfSpill(readFileSync(path));
    } catch {
      return null; // Another process has taken it over, or somebody removed it.
    }
  }

  private remove({ path, bytes }: SpilledFile): void {
    this.bytes -= bytes;
    this.guard('removing spilled spans', () => rmSync(path, { force: true }));
  }

  private write(batch: EncodedBatch, queue: (file: SpilledFile) => void, number: number): boolean {
    const content = spillBytes(batch);
    if (this.bytes + content.length > this.options.maxBytes) return false;
    return this.guard('spilling spans to disk', () => {
      const path = this.pathOf(number);
      writeFileSync(path, content);
      queue({ path, bytes: content.length });
      this.bytes += content.length;
    });
  }

  /** Numbers grow to both sides, so that names sort as the queue goes. */
  private pathOf(number: number): string {
    if (!this.made) mkdirSync(this.own, { recursive: true });
    this.made = true;
    this.firstNumber = Math.min(this.firstNumber, number);
    this.lastNumber = Math.max(this.lastNumber, number);
    return join(this.own, `${String(number).padStart(12, '0')}${SUFFIX}`);
  }

  private takeOver(): void {
    for (const directory of abandonedDirectories(this.options.directory, inUse)) {
      const names = readdirSync(directory).filter((name) => name.endsWith(SUFFIX));
      for (const name of names.toSorted()) {
        const path = this.pathOf(this.lastNumber + 1);
        renameSync(join(directory, name), path);
        const { size } = statSync(path);
        this.files.push({ path, bytes: size });
        this.bytes += size;
      }
      rmSync(directory, { recursive: true, force: true });
    }
  }

  private guard(what: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.options.onError(what, error);
      return false;
    }
  }
}
