import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CollectorLogger } from '../logger.ts';
import type { LogFile, LogFileSystem } from './file-system.ts';

/** A stretch of the log that goes to the store as one block. */
export interface LogBlock {
  readonly from: number;
  readonly to: number;
}

/**
 * Slots of 64 bytes, little endian: kind (4), zero (4), counter (8), first position (8), second position (8),
 * log id (16), zero (12), CRC-32 of the 60 bytes before (4). Slots 0 and 1 hold the state in turns, the
 * others the last blocks begun. A slot lies within one sector, so that a write to it is all or nothing, and
 * the file never grows, so that a full disk cannot keep the log from being emptied.
 */
const SLOT_BYTES = 64;
const STATE_SLOTS = 2;
const BLOCK_SLOTS = 62;
/**
 * So many blocks may have been begun since the oldest that is not stored: more would take the slots of those before. Two
 * fewer than there are, so that a slot is taken only after a sync of the state that made it free.
 */
export const MAX_UNFINISHED_BLOCKS = BLOCK_SLOTS - 2;
const KIND = { state: 1, block: 2 } as const;
const FILE_NAME = 'blocks.journal';

interface Slot {
  readonly kind: number;
  readonly counter: number;
  readonly first: number;
  readonly second: number;
  readonly logId: string;
}

/**
 * Which blocks of the log were begun, and up to where all are in the store. A block is written here before
 * its insert starts; a start after a crash makes the very same block again, under the same token.
 */
export class BlockJournal {
  readonly #file: LogFile;
  /** Names this log in tokens: a log made anew never repeats the tokens of one before. */
  readonly logId: string;
  #stateCounter: number;
  #blockCounter: number;
  #doneTo: number;
  /** The blocks that were begun and may not be in the store, in the log's order. */
  readonly unfinished: readonly LogBlock[];

  private constructor(file: LogFile, slots: readonly Slot[]) {
    this.#file = file;
    const state = newest(slots.filter((slot) => slot.kind === KIND.state));
    const blocks = slots.filter((slot) => slot.kind === KIND.block && slot.logId === state?.logId);
    this.logId = state?.logId ?? randomBytes(8).toString('hex');
    this.#stateCounter = state?.counter ?? 0;
    this.#blockCounter = newest(blocks)?.counter ?? 0;
    this.#doneTo = state?.first ?? 0;
    this.unfinished = blocks
      .filter((slot) => slot.first >= this.#doneTo)
      .sort((a, b) => a.first - b.first)
      .map((slot) => ({ from: slot.first, to: slot.second }));
  }

  /** Everything before this position is in the store. */
  get doneTo(): number {
    return this.#doneTo;
  }

  /** Positions before this one were given: spans anew under one of them could be taken for those of a known token. */
  get spentTo(): number {
    return Math.max(this.#doneTo, ...this.unfinished.map((block) => block.to));
  }

  static async open(options: {
    files: LogFileSystem;
    directory: string;
    logger: CollectorLogger;
    /** Where the segments begin, if there are any: this journal must know their blocks. */
    firstPosition: number | undefined;
  }): Promise<BlockJournal> {
    const path = join(options.directory, FILE_NAME);
    const exists = (await options.files.list(options.directory)).includes(FILE_NAME);
    const file = await options.files.open(path, exists ? 'update' : 'create');
    const content = Buffer.alloc((STATE_SLOTS + BLOCK_SLOTS) * SLOT_BYTES);
    const slots: Slot[] = [];
    if (exists) {
      await file.read(content, 0);
      for (let at = 0; at < content.length; at += SLOT_BYTES) {
        const slot = readSlot(content.subarray(at, at + SLOT_BYTES));
        if (slot !== null) slots.push(slot);
      }
    }
    const known = slots.some((slot) => slot.kind === KIND.state);
    if (!known && options.firstPosition !== undefined) {
      options.logger.warn({ path }, 'the block journal is lost: blocks stored before may be stored again');
    }
    const journal = new BlockJournal(file, slots);
    if (!known) {
      await file.write(Buffer.alloc(content.length), 0);
      await journal.finish(options.firstPosition ?? 0);
      await options.files.syncDirectory(options.directory);
    }
    return journal;
  }

  /** Makes a block known for good; to be awaited before its insert. */
  async begin(block: LogBlock): Promise<void> {
    const counter = ++this.#blockCounter;
    const slot = { kind: KIND.block, counter, first: block.from, second: block.to, logId: this.logId };
    await this.#file.write(slotBytes(slot), (STATE_SLOTS + (counter % BLOCK_SLOTS)) * SLOT_BYTES);
    await this.#file.sync();
  }

  /**
   * Makes it known for good that everything before a position is stored: the log may let go of it. Synced, since a power
   * cut takes the tokens of the last half minute from an engine without replicas, which would take the blocks twice.
   */
  async finish(doneTo: number): Promise<void> {
    const counter = ++this.#stateCounter;
    const slot = { kind: KIND.state, counter, first: doneTo, second: 0, logId: this.logId };
    await this.#file.write(slotBytes(slot), (counter % STATE_SLOTS) * SLOT_BYTES);
    await this.#file.sync();
    // Those of two blocks may end in another order than they began.
    this.#doneTo = Math.max(this.#doneTo, doneTo);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const newest = (slots: readonly Slot[]): Slot | undefined =>
  slots.reduce<Slot | undefined>(
    (best, slot) => (best && best.counter > slot.counter ? best : slot),
    undefined,
  );

function slotBytes(slot: Slot): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES);
  bytes.writeUInt32LE(slot.kind, 0);
  bytes.writeBigUInt64LE(BigInt(slot.counter), 8);
  bytes.writeBigUInt64LE(BigInt(slot.first), 16);
  bytes.writeBigUInt64LE(BigInt(slot.second), 24);
  bytes.write(slot.logId, 32, 16, 'latin1');
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
  return bytes;
}

function readSlot(bytes: Buffer): Slot | null {
  const kind = bytes.readUInt32LE(0);
  if (kind === 0 || crc32(bytes.subarray(0, 60)) !== bytes.readUInt32LE(60)) return null;
  return {
    kind,
    counter: Number(bytes.readBigUInt64LE(8)),
    first: Number(bytes.readBigUInt64LE(16)),
    second: Number(bytes.readBigUInt64LE(24)),
    logId: bytes.toString('latin1', 32, 48),
  };
}
