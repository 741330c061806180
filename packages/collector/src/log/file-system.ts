import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';

/** What the log needs of a disk; tests put a failing one in its place. */
export interface LogFileSystem {
  makeDirectory(path: string): Promise<void>;
  list(directory: string): Promise<string[]>;
  size(path: string): Promise<number>;
  /** `create` makes or empties the file, `update` opens one that exists for writing in place. */
  open(path: string, mode: 'create' | 'update' | 'read'): Promise<LogFile>;
  remove(path: string): Promise<void>;
  /** Makes created and removed names durable. */
  syncDirectory(path: string): Promise<void>;
}

export interface LogFile {
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** The number of bytes read: fewer only at the end of the file. */
  read(into: Uint8Array, at: number): Promise<number>;
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

const FLAGS = { create: 'w+', update: 'r+', read: 'r' } as const;

export const diskFileSystem: LogFileSystem = {
  async makeDirectory(path) {
    await mkdir(path, { recursive: true });
  },
  list: (directory) => readdir(directory),
  size: async (path) => (await stat(path)).size,
  remove: (path) => unlink(path),
  async open(path, mode) {
    const handle = await open(path, FLAGS[mode], 0o600);
    return {
      async write(bytes, at) {
        let done = 0;
        while (done < bytes.length) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
          done += bytesWritten;
        }
      },
      async read(into, at) {
        let done = 0;
        while (done < into.length) {
          const { bytesRead } = await handle.read(into, done, into.length - done, at + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return done;
      },
      sync: () => handle.datasync(),
      truncate: (length) => handle.truncate(length),
      close: () => handle.close(),
    };
  },
  async syncDirectory(path) {
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
