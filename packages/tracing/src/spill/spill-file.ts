import { crc32 } from 'node:zlib';
import type { EncodedBatch } from '../encode/batch-encoder.ts';

/** A batch in a file: magic, span count, CRC-32 of the body, then the body. */
const MAGIC = 0x75545350;
const HEAD_BYTES = 12;

export function spillBytes({ body, spanCount }: EncodedBatch): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + body.length);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(spanCount, 4);
  bytes.writeUInt32BE(crc32(body), 8);
  body.copy(bytes, HEAD_BYTES);
  return bytes;
}

/** Null for a file that was cut short, or is none of ours. */
export function batchOfSpill(bytes: Buffer): EncodedBatch | null {
  if (bytes.length <= HEAD_BYTES || bytes.readUInt32BE(0) !== MAGIC) return null;
  const body = bytes.subarray(HEAD_BYTES);
  return crc32(body) === bytes.readUInt32BE(8) ? { body, spanCount: bytes.readUInt32BE(4) } : null;
}
