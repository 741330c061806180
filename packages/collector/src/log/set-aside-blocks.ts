import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CollectorLogger } from '../logger.ts';
import type { LogBlock } from './block-journal.ts';
import type { LogFileSystem } from './file-system.ts';
import { LogReader } from './log-reader.ts';
import type { Segment } from './segments.ts';

const SUFFIX = '.block';
/** Before each record of spans: its length and CRC-32, 4 bytes each, little endian. */
const HEAD_BYTES = 8;

/** Blocks that the store refused: the records of each in a file, named by its token. */
export class SetAsideBlocks {
  readonly #files: LogFileSystem;
  readonly #logDirectory: string;
  readonly #logger: CollectorLogger;
  readonly #segments: () => readonly Segment[];
  readonly #folder: string;

  constructor(options: {
    files: LogFileSystem;
    directory: string;
    logger: CollectorLogger;
    segments: () => readonly Segment[];
  }) {
    this.#files = options.files;
    this.#logDirectory = options.directory;
    this.#logger = options.logger;
    this.#segments = options.segments;
    this.#folder = join(options.directory, 'set-aside');
  }

  /** Copies a block's records out of the log; they are durable when it resolves with the file's path. */
  async put(token: string, { from, to }: LogBlock): Promise<string> {
    const parts = await this.#records(from, to);
    const path = this.#path(token);
    await this.#files.makeDirectory(this.#folder);
    const file = await this.#files.open(path, 'create');
    try {
      await file.write(Buffer.concat(parts), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#files.syncDirectory(this.#folder);
    return path;
  }

  async tokens(): Promise<readonly string[]> {
    const names = await this.#files.list(this.#folder).catch(() => []); // there is none yet
    const blocks = names.filter((name) => name.endsWith(SUFFIX)).sort();
    return blocks.map((name) => name.slice(0, -SUFFIX.length));
  }

  /** The payloads of a block's records. @throws if the file is damaged */
  async get(token: string): Promise<readonly Buffer[]> {
    const path = this.#path(token);
    const bytes = Buffer.allocUnsafe(await this.#files.size(path));
    const file = await this.#files.open(path, 'read');
    try {
      await file.read(bytes, 0);
    } finally {
      await file.close();
    }
    const payloads: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const start = at + HEAD_BYTES;
      const payload = start > bytes.length ? null : bytes.subarray(start, start + bytes.readUInt32LE(at));
      if (payload === null || crc32(payload) !== bytes.readUInt32LE(at + 4)) {
        throw new Error(`${path} is damaged at byte ${at}`);
      }
      payloads.push(payload);
      at = start + payload.length;
    }
    return payloads;
  }

  remove(token: string): Promise<void> {
    return this.#files.remove(this.#path(token));
  }

  #path(token: string): string {
    return join(this.#folder, `${token}${SUFFIX}`);
  }

  async #records(from: number, to: number): Promise<Buffer[]> {
    const reader = new LogReader({
      files: this.#files,
      directory: this.#logDirectory,
      logger: this.#logger,
      segments: this.#segments,
      onDamage: () => {}, // reported when the block was made
      position: from,
    });
    const parts: Buffer[] = [];
    try {
      while (reader.position < to) {
        const batch = await reader.next();
        if (batch === null) break;
        for (const { position, payloadAt, payloadEnd } of batch.records) {
          if (position >= to) continue;
          const payload = Buffer.from(batch.buffer.subarray(payloadAt, payloadEnd));
          const head = Buffer.alloc(HEAD_BYTES);
          head.writeUInt32LE(payload.length, 0);
          head.writeUInt32LE(crc32(payload), 4);
          parts.push(head, payload);
        }
      }
    } finally {
      await reader.close();
    }
    return parts;
  }
}
