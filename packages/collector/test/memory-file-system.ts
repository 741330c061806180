import type { LogFile, LogFileSystem } from '../src/log/file-system.ts';

interface MemoryFile {
  bytes: Buffer;
  /** What a power cut leaves. */
  synced: Buffer;
}

type Operation = 'open' | 'write' | 'sync' | 'truncate' | 'remove';

/** A disk that fails and loses power on demand. */
export class MemoryFileSystem implements LogFileSystem {
  readonly files = new Map<string, MemoryFile>();
  /** Operations that fail, with the code they fail with. */
  readonly failing = new Map<Operation, string>();
  syncs = 0;
  /** Resolves each sync: a slow disk. */
  beforeSync: () => Promise<void> = async () => {};

  /** The disk after a power cut: what was synced, and of the rest as many bytes of each file as are asked for. */
  powerCut(keptUnsyncedBytes = 0): MemoryFileSystem {
    const disk = new MemoryFileSystem();
    for (const [path, file] of this.files) {
      const bytes = Buffer.from(file.bytes.subarray(0, file.synced.length + keptUnsyncedBytes));
      file.synced.copy(bytes);
      disk.files.set(path, { bytes, synced: Buffer.from(bytes) });
    }
    return disk;
  }

  async makeDirectory(): Promise<void> {}
  async syncDirectory(): Promise<void> {}

  async list(directory: string): Promise<string[]> {
    const inside = [...this.files.keys()].filter((path) => path.startsWith(`${directory}/`));
    return inside.map((path) => path.slice(directory.length + 1));
  }

  async size(path: string): Promise<number> {
    return this.#file(path).bytes.length;
  }

  async remove(path: string): Promise<void> {
    this.#check('remove');
    this.files.delete(path);
  }

  async open(path: string, mode: 'create' | 'update' | 'read'): Promise<LogFile> {
    if (mode !== 'read') this.#check('open');
    if (mode === 'create') this.files.set(path, { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) });
    const file = this.#file(path);
    return {
      write: async (bytes, at) => {
        const full = this.failing.has('write');
        // A full disk takes a part and then fails.
        const taken = full ? bytes.subarray(0, bytes.length >> 1) : bytes;
        const length = Math.max(file.bytes.length, at + taken.length);
        file.bytes = Buffer.concat([file.bytes, Buffer.alloc(length - file.bytes.length)]);
        file.bytes.set(taken, at);
        this.#check('write');
      },
      read: async (into, at) => file.bytes.copy(into, 0, at, at + into.length),
      sync: async () => {
        await this.beforeSync();
        this.#check('sync');
        this.syncs++;
        file.synced = Buffer.from(file.bytes);
      },
      truncate: async (length) => {
        this.#check('truncate');
        file.bytes = file.bytes.subarray(0, length);
      },
      close: async () => {},
    };
  }

  #file(path: string): MemoryFile {
    const file = this.files.get(path);
    if (file === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    return file;
  }

  #check(operation: Operation): void {
    const code = this.failing.get(operation);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${operation}`), { code });
  }
}
