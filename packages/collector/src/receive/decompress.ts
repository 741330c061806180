import { promisify } from 'node:util';
import { gunzip, gunzipSync, inflate, inflateSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { receiveError } from './receive-error.ts';

/** Below this a hop to the thread pool and back costs more than the decompression itself. */
const SYNC_BYTES = 16 * 1024;

/** Memory for the result comes in pieces of at most so much, whatever the input claims. */
const MAX_PIECE_BYTES = 1024 * 1024;
/** One piece must be left unfilled, or zlib asks for another one. */
const SPARE_BYTES = 64;

interface InflateOptions {
  readonly maxOutputLength: number;
  /** Each further piece is one more hop to the thread pool; Node's own are of 16 KiB. */
  readonly chunkSize: number;
}
type Inflate = (bytes: Uint8Array, options: InflateOptions) => Buffer | Promise<Buffer>;

const DECODERS: Readonly<Record<string, { readonly now: Inflate; readonly later: Inflate }>> = {
  gzip: { now: gunzipSync, later: promisify(gunzip) },
  deflate: { now: inflateSync, later: promisify(inflate) },
  zstd: { now: zstdDecompressSync, later: promisify(zstdDecompress) },
};
/** Spans shrink to a tenth or less. */
const USUAL_RATIO = 10;
const SUPPORTED = 'gzip, deflate, zstd and identity';

/** The `Content-Encoding`, in lower case. @throws {ReceiveError} 415 */
export function contentEncoding(header: string | undefined): string {
  const encoding = (header ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return 'identity';
  const known = encoding === 'x-gzip' ? 'gzip' : encoding;
  if (Object.hasOwn(DECODERS, known)) return known;
  throw receiveError(415, `content encoding ${JSON.stringify(encoding)}: expected ${SUPPORTED}`);
}

/** Stops at the limit, whatever the input claims. @throws {ReceiveError} 413, 400 */
export async function decompress(bytes: Uint8Array, encoding: string, maxBytes: number): Promise<Uint8Array> {
  const decoder = DECODERS[encoding];
  if (decoder === undefined) return bytes;
  try {
    const run = bytes.length <= SYNC_BYTES ? decoder.now : decoder.later;
    return await run(bytes, { maxOutputLength: maxBytes, chunkSize: pieceBytes(bytes, encoding) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw receiveError(413, `the body decompresses to more than ${maxBytes} bytes`);
    }
    const why = error instanceof Error ? error.message : String(error);
    throw receiveError(400, `the body cannot be decompressed as ${encoding}: ${why}`);
  }
}

/** The size of the result if one is to be had: of a gzip member its last four bytes (RFC 1952). */
function pieceBytes(bytes: Uint8Array, encoding: string): number {
  const { buffer, byteOffset, length } = bytes;
  const claimed =
    encoding === 'gzip' && length > 4
      ? new DataView(buffer, byteOffset).getUint32(length - 4, true)
      : length * USUAL_RATIO;
  return Math.min(claimed, MAX_PIECE_BYTES) + SPARE_BYTES;
}
