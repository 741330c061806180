import { getBuiltinModule } from 'node:process';
import type { EncodedBatch } from '../encode/batch-encoder.ts';

/** A batch in a file: magic, span count, CRC-32 of the body, then the body. */
const MAGIC = 0x75545350;
const HEAD_BYTES = 12;

export function spillBytes({ body, spanCount }: EncodedBatch): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + body.length);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(spanCount, 4);
  bytes.writeUInt32BE(crc32Of(body), 8);
  body.copy(bytes, HEAD_BYTES);
  return bytes;
}

/** Null for a file that was cut short, or is none of ours. */
export function batchOfSpill(bytes: Buffer): EncodedBatch | null {
  if (bytes.length <= HEAD_BYTES || bytes.readUInt32BE(0) !== MAGIC) return null;
  const body = bytes.subarray(HEAD_BYTES);
  return crc32Of(body) === bytes.readUInt32BE(8) ? { body, spanCount: bytes.readUInt32BE(4) } : null;
}

/** node:zlib is loaded by those who spill. */
function crc32Of(body: Buffer): number {
  return getBuiltinModule('node:zlib').crc32(body);
}
