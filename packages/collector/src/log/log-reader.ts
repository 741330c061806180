import { join } from 'node:path';
import type { CollectorLogger } from '../logger.ts';
import type { LogFile, LogFileSystem } from './file-system.ts';
import { HEADER_BYTES, isIntact, MAGIC_BYTE, RecordType, readHeader } from './record.ts';
import type { Segment } from './segments.ts';

/** A record of spans in the buffer of its batch. */
export interface LogRecord {
  readonly position: number;
  /** The position after it. */
  readonly end: number;
  readonly payloadAt: number;
  readonly payloadEnd: number;
}

export interface LogBatch {
  /** Valid until the next read. */
  readonly buffer: Buffer;
  readonly records: readonly LogRecord[];
}

/** Bytes that could not be read as records: kept aside, so that nothing is thrown away unseen. */
export interface Damage {
  readonly kind: 'torn-tail' | 'damaged' | 'missing';
  readonly position: number;
  readonly bytes: number;
  /** Where the bytes were put; null for a torn tail, which was never acknowledged, and for what is not there. */
  readonly setAside: string | null;
}

const CHUNK_BYTES = 4 << 20;

/** Reads the log's records in order, from a position on, as far as they are durable. */
export class LogReader {
  readonly #files: LogFileSystem;
  readonly #directory: string;
  readonly #segments: () => readonly Segment[];
  readonly #logger: CollectorLogger;
  readonly #onDamage: (damage: Damage) => void;
  #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #open: { readonly path: string; readonly file: LogFile } | null = null;
  /** Where the next batch starts. */
  position: number;

  constructor(options: {
    files: LogFileSystem;
    directory: string;
    segments: () => readonly Segment[];
    logger: CollectorLogger;
    onDamage: (damage: Damage) => void;
    position: number;
  }) {
    this.#files = options.files;
    this.#directory = options.directory;
    this.#segments = options.segments;
    this.#logger = options.logger;
    this.#onDamage = options.onDamage;
    this.position = options.position;
  }

  /** Whether there is something to read. */
  get behind(): boolean {
    const last = this.#segments().at(-1);
    return last !== undefined && last.end > this.position;
  }

  /** The next records, as many as a read brings; null if there are none. */
  async next(): Promise<LogBatch | null> {
    for (;;) {
      const segment = this.#segments().find((candidate) => candidate.end > this.position);
      if (segment === undefined) return null;
      if (this.position < segment.follows) this.#reportMissing(segment.follows);
      this.position = Math.max(this.position, segment.base);
      const start = this.position;
      // Appends move the end on meanwhile: what is durable now is enough.
      const { end } = segment;
      const bytes = await this.#fill(segment, end - start);
      const records = this.#parse(bytes, start);
      if (records.length > 0) return { buffer: bytes, records };
      if (this.position === start) await this.#stumble(segment, end, bytes);
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.file.close();
  }

  async #fill(segment: Segment, available: number): Promise<Buffer> {
    if (this.#open?.path !== segment.path) {
      await this.close();
      this.#open = { path: segment.path, file: await this.#files.open(segment.path, 'read') };
    }
    const bytes = this.#buffer.subarray(0, available);
    return bytes.subarray(0, await this.#open.file.read(bytes, this.position - segment.base));
  }

  /** The whole records from the start on, up to the end, a record that is cut, or damage. */
  #parse(bytes: Buffer, start: number): LogRecord[] {
    const records: LogRecord[] = [];
    let at = 0;
    for (;;) {
      const header = readHeader(bytes, at, start + at);
      if (header === null) return records;
      const payloadAt = at + HEADER_BYTES;
      const payloadEnd = payloadAt + header.payloadLength;
      if (payloadEnd > bytes.length || !isIntact(bytes, payloadAt, header)) return records;
      if (header.type === RecordType.spans) {
        records.push({ position: start + at, end: start + payloadEnd, payloadAt, payloadEnd });
      }
      at = payloadEnd;
      this.position = start + at;
    }
  }

  /** The record at the position is larger than the buffer, cut off by a crash, or damaged. */
  async #stumble(segment: Segment, end: number, bytes: Buffer): Promise<void> {
    const start = this.position;
    const header = readHeader(bytes, 0, start);
    const recordBytes = HEADER_BYTES + (header?.payloadLength ?? 0);
    if (recordBytes > end - start) {
      this.position = end;
      this.#report({ kind: 'torn-tail', position: start, bytes: end - start, setAside: null });
    } else if (recordBytes > this.#buffer.length) {
      this.#buffer = Buffer.allocUnsafe(recordBytes);
    } else {
      const rest = header === null ? await this.#rest(segment, end) : bytes.subarray(0, recordBytes);
      const length = header === null ? placeOfNextRecord(rest, start) : recordBytes;
      const setAside = await this.#setAside(start, rest.subarray(0, length));
      this.position = start + length;
      this.#report({ kind: 'damaged', position: start, bytes: length, setAside });
    }
  }

  async #rest(segment: Segment, end: number): Promise<Buffer> {
    const rest = Buffer.allocUnsafe(end - this.position);
    const file = await this.#files.open(segment.path, 'read');
    try {
      return rest.subarray(0, await file.read(rest, this.position - segment.base));
    } finally {
      await file.close();
    }
  }

  async #setAside(position: number, bytes: Buffer): Promise<string | null> {
    const folder = join(this.#directory, 'set-aside');
    const path = join(folder, `${position}.bin`);
    try {
      await this.#files.makeDirectory(folder);
      const file = await this.#files.open(path, 'create');
      await file.write(bytes, 0);
      await file.sync();
      await file.close();
      return path;
    } catch (err) {
      this.#logger.error({ err, path }, 'damaged bytes of the write-ahead log cannot be set aside');
      return null;
    }
  }

  #reportMissing(end: number): void {
    const { position } = this;
    this.#report({ kind: 'missing', position, bytes: end - position, setAside: null });
  }

  #report(damage: Damage): void {
    this.#logger.warn({ ...damage }, MESSAGES[damage.kind]);
    this.#onDamage(damage);
  }
}

const MESSAGES: Readonly<Record<Damage['kind'], string>> = {
  'torn-tail': 'the write-ahead log ends in a record that was never finished or acknowledged: cut off',
  damaged: 'damaged bytes in the write-ahead log were set aside',
  missing: 'a part of the write-ahead log is not there: a segment was removed or cut off',
};

/** Where the next undamaged record starts; the length of the bytes if none does. */
function placeOfNextRecord(bytes: Buffer, position: number): number {
  for (let at = 1; at <= bytes.length - HEADER_BYTES; at++) {
    if (bytes[at] === MAGIC_BYTE && readHeader(bytes, at, position + at) !== null) return at;
  }
  return bytes.length;
}
