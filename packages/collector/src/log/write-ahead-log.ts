import type { CollectorLogger } from '../logger.ts';
import type { LogFile, LogFileSystem } from './file-system.ts';
import { HEADER_BYTES, RecordType, writeHeader } from './record.ts';
import { SEGMENT_PREFIX_BYTES, type Segment, segmentPath } from './segments.ts';

export interface LogLimits {
  /** All segments together; beyond it nothing is taken until the loader has caught up. */
  readonly maxLogBytes: number;
  readonly segmentBytes: number;
  /** Bytes that may wait for the disk. */
  readonly maxWaitingBytes: number;
  /** After the disk failed: how long nothing is tried. */
  readonly retryDiskAfterMs: number;
}

export type AppendResult =
  | { readonly status: 'durable'; readonly position: number; readonly end: number }
  | {
      readonly status: 'refused';
      readonly reason: 'full' | 'behind' | 'failing' | 'closed';
      readonly cause?: unknown;
    };

export interface WriteAheadLogOptions {
  readonly files: LogFileSystem;
  readonly directory: string;
  readonly limits: LogLimits;
  readonly logger: CollectorLogger;
  /** Those found in the directory (`findSegments`). */
  readonly segments: readonly Segment[];
  /** No position before this one is given: those are spent, even if no segment is left of them. */
  readonly firstPosition: number;
  /** Called when records became durable, before their appends are answered. */
  readonly onDurable: () => void;
}

interface Waiting {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly resolve: (result: AppendResult) => void;
}

/** One write and one sync take at most about this much. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/**
 * An append-only log of records over segment files. An append is answered once its bytes are on the disk;
 * those that wait meanwhile share the next sync. Positions only grow and are never given twice.
 */
export class WriteAheadLog {
  readonly #files: LogFileSystem;
  readonly #directory: string;
  readonly #limits: LogLimits;
  readonly #logger: CollectorLogger;
  readonly #onDurable: () => void;
  readonly #segments: Segment[];
  #current: { readonly segment: Segment; readonly file: LogFile } | null = null;
  /** Where the next segment starts if there is no current one. */
  #nextBase: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #flushing: Promise<void> | null = null;
  #failedAt = 0;
  #failure: unknown = null;
  #closed = false;
  #probe: NodeJS.Timeout | null = null;
  #releasing: Promise<void> = Promise.resolve();
  #buffer = Buffer.allocUnsafe(1 << 20);
  #syncs = 0;

  /** Segments of an earlier run are only read from; what comes goes into new ones. */
  constructor(options: WriteAheadLogOptions) {
    this.#files = options.files;
    this.#directory = options.directory;
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#onDurable = options.onDurable;
    this.#segments = [...options.segments];
    const last = this.#segments.at(-1);
    this.#nextBase = Math.max(options.firstPosition, last === undefined ? 0 : last.base + last.fileBytes);
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.fileBytes, 0);
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get syncs(): number {
    return this.#syncs;
  }

  /** Why the disk took nothing last time; null once it does again. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Appends one record made of the parts; answered when it is durable or when it is sure that it is not. */
  append(parts: readonly Uint8Array[]): Promise<AppendResult> {
    const bytes = HEADER_BYTES + parts.reduce((sum, part) => sum + part.length, 0);
    const reason = this.#refusal(bytes);
    if (reason !== null) return Promise.resolve({ status: 'refused', reason, cause: this.#failure });
    this.#waitingBytes += bytes;
    return new Promise((resolve) => {
      this.#waiting.push({ parts, bytes, resolve });
      this.#flushing ??= this.#flush();
    });
  }

  #refusal(bytes: number): 'full' | 'behind' | 'failing' | 'closed' | null {
    if (this.#closed) return 'closed';
    if (this.#failure !== null && Date.now() - this.#failedAt < this.#limits.retryDiskAfterMs)
      return 'failing';
    if (this.bytes + this.#waitingBytes + bytes > this.#limits.maxLogBytes) return 'full';
    return this.#waitingBytes + bytes > this.#limits.maxWaitingBytes && this.#waitingBytes > 0
      ? 'behind'
      : null;
  }

  async #flush(): Promise<void> {
    // Lets the appends of this turn of the event loop share the first sync.
    await Promise.resolve();
    do {
      const batch = this.#takeBatch();
      const bytes = batch.reduce((sum, waiting) => sum + waiting.bytes, 0);
      let results: AppendResult[];
      try {
        results = await this.#write(batch, bytes);
        if (this.#failure !== null) this.#logger.info('the write-ahead log is writable again');
        this.#failure = null;
        this.#onDurable();
      } catch (error) {
        results = await this.#fail(batch, error);
      }
      this.#waitingBytes -= bytes;
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as AppendResult);
    } while (this.#waiting.length > 0);
    this.#flushing = null;
  }

  #takeBatch(): Waiting[] {
    let count = 0;
    let bytes = 0;
    while (count < this.#waiting.length) {
      const next = this.#waiting[count] as Waiting;
      if (count > 0 && bytes + next.bytes > MAX_BATCH_BYTES) break;
      bytes += next.bytes;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #write(batch: readonly Waiting[], bytes: number): Promise<AppendResult[]> {
    const { segment, file } = await this.#segmentFor(bytes);
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafe(bytes);
    const buffer = this.#buffer;
    const results: AppendResult[] = [];
    let at = 0;
    for (const waiting of batch) {
      const position = segment.end + at;
      let payloadAt = at + HEADER_BYTES;
      for (const part of waiting.parts) {
        buffer.set(part, payloadAt);
        payloadAt += part.length;
      }
      const payloadLength = waiting.bytes - HEADER_BYTES;
      writeHeader(buffer, at, { type: RecordType.spans, position, payloadLength });
      at += waiting.bytes;
      results.push({ status: 'durable', position, end: segment.end + at });
    }
    segment.fileBytes = Math.max(segment.fileBytes, segment.end - segment.base + bytes);
    await file.write(buffer.subarray(0, bytes), segment.end - segment.base);
    await file.sync();
    this.#syncs++;
    segment.end += bytes;
    if (buffer.length > MAX_BATCH_BYTES) this.#buffer = Buffer.allocUnsafe(1 << 20);
    return results;
  }

  async #segmentFor(bytes: number): Promise<{ readonly segment: Segment; readonly file: LogFile }> {
    const current = this.#current;
    if (current !== null) {
      const used = current.segment.end - current.segment.base;
      if (used === SEGMENT_PREFIX_BYTES || used + bytes <= this.#limits.segmentBytes) return current;
      await this.#endSegment();
    }
    this.#current = await this.#beginSegment();
    this.#segments.push(this.#current.segment);
    return this.#current;
  }

  async #beginSegment(): Promise<{ readonly segment: Segment; readonly file: LogFile }> {
    const base = this.#nextBase;
    const follows = this.#segments.at(-1)?.end ?? base;
    const path = segmentPath(this.#directory, base);
    const file = await this.#files.open(path, 'create');
    try {
      const prefix = Buffer.alloc(SEGMENT_PREFIX_BYTES);
      prefix.writeBigUInt64LE(BigInt(follows), HEADER_BYTES);
      writeHeader(prefix, 0, { type: RecordType.segment, position: base, payloadLength: 8 });
      await file.write(prefix, 0);
      await file.sync();
      await this.#files.syncDirectory(this.#directory);
    } catch (error) {
      await file.close();
      throw error;
    }
    return {
      file,
      segment: { path, base, follows, end: base + SEGMENT_PREFIX_BYTES, fileBytes: SEGMENT_PREFIX_BYTES },
    };
  }

  async #endSegment(): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    this.#nextBase = current.segment.base + current.segment.fileBytes;
    await current.file.close();
  }

  /**
   * After a failed write or sync nobody knows what of the batch is on the disk (a second fdatasync may
   * succeed without having written: https://wiki.postgresql.org/wiki/Fsync_Errors). So the batch is refused,
   * the segment ends before it, and the next one says so in its first record.
   */
  async #fail(batch: readonly Waiting[], error: unknown): Promise<AppendResult[]> {
    if (this.#failure === null) this.#logger.error({ err: error }, 'the write-ahead log cannot be written');
    this.#failure = error;
    this.#failedAt = Date.now();
    const current = this.#current;
    if (current !== null) {
      const used = current.segment.end - current.segment.base;
      // Best effort: the first record of the next segment is what counts.
      await current.file.truncate(used).then(
        () => {
          current.segment.fileBytes = used;
        },
        () => {},
      );
      await this.#endSegment().catch(() => {});
    }
    this.#probeLater();
    return batch.map(() => ({ status: 'refused', reason: 'failing', cause: error }));
  }

  /** Tries the disk without a record, so that a collector nobody sends to any more becomes healthy again. */
  #probeLater(): void {
    this.#probe ??= setTimeout(() => {
      this.#probe = null;
      if (!this.#closed && this.#failure !== null) this.#flushing ??= this.#flush();
    }, this.#limits.retryDiskAfterMs);
  }

  /**
   * Removes the segments that end at or before the position, but for the one being written. That they are not needed must
   * be durable: their positions must never come again.
   */
  release(position: number): Promise<void> {
    this.#releasing = this.#releasing.then(() => this.#release(position));
    return this.#releasing;
  }

  async #release(position: number): Promise<void> {
    const spent = this.#segments.filter((one) => one.end <= position && one !== this.#current?.segment);
    if (spent.length === 0) return;
    try {
      for (const segment of spent) {
        await this.#files.remove(segment.path);
        this.#segments.splice(this.#segments.indexOf(segment), 1);
      }
    } catch (err) {
      this.#logger.warn({ err }, 'a stored segment of the write-ahead log cannot be removed');
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#probe !== null) clearTimeout(this.#probe);
    await this.#flushing;
    // What was answered is synced: a disk that fails now takes nothing back.
    await this.#endSegment().catch((err: unknown) => {
      this.#logger.warn({ err }, 'a segment of the write-ahead log cannot be closed');
    });
  }
}
