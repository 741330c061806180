import { crc32 } from 'node:zlib';

/**
 * A record in a segment, little endian: magic (4), type (1), zero (3), its position in the log (8), payload
 * length (4), payload CRC-32 (4), CRC-32 of the 24 bytes before (4), payload. The position makes a record
 * found by searching after damage provably one of this log, not bytes inside some span that look like one.
 */
export const HEADER_BYTES = 28;
export const MAX_PAYLOAD_BYTES = 0x1000_0000;
/** "uQWL" */
const MAGIC = 0x4c57_5175;
/** What a record's first byte is. */
export const MAGIC_BYTE = MAGIC & 0xff;
const TWO_32 = 2 ** 32;

export const RecordType = {
  /** First in a segment; payload: where the segment before it ends (8 bytes). */
  segment: 1,
  spans: 2,
} as const;

export interface RecordHeader {
  readonly type: number;
  readonly payloadLength: number;
  readonly payloadCrc: number;
}

/** Writes the header of a record whose payload already follows it in `buffer`. */
export function writeHeader(
  buffer: Buffer,
  at: number,
  record: { readonly type: number; readonly position: number; readonly payloadLength: number },
): void {
  const payloadAt = at + HEADER_BYTES;
  buffer.writeUInt32LE(MAGIC, at);
  buffer.writeUInt32LE(record.type, at + 4);
  buffer.writeUInt32LE(record.position % TWO_32, at + 8);
  buffer.writeUInt32LE(Math.floor(record.position / TWO_32), at + 12);
  buffer.writeUInt32LE(record.payloadLength, at + 16);
  buffer.writeUInt32LE(crc32(buffer.subarray(payloadAt, payloadAt + record.payloadLength)), at + 20);
  buffer.writeUInt32LE(crc32(buffer.subarray(at, at + 24)), at + 24);
}

/** The header at `at`, if those bytes are an undamaged header of a record at that position of the log. */
export function readHeader(buffer: Buffer, at: number, position: number): RecordHeader | null {
  if (at + HEADER_BYTES > buffer.length || buffer.readUInt32LE(at) !== MAGIC) return null;
  if (buffer.readUInt32LE(at + 24) !== crc32(buffer.subarray(at, at + 24))) return null;
  const found = buffer.readUInt32LE(at + 8) + buffer.readUInt32LE(at + 12) * TWO_32;
  const payloadLength = buffer.readUInt32LE(at + 16);
  if (found !== position || payloadLength > MAX_PAYLOAD_BYTES) return null;
  return { type: buffer.readUInt32LE(at + 4), payloadLength, payloadCrc: buffer.readUInt32LE(at + 20) };
}

export function isIntact(buffer: Buffer, payloadAt: number, header: RecordHeader): boolean {
  return crc32(buffer.subarray(payloadAt, payloadAt + header.payloadLength)) === header.payloadCrc;
}
