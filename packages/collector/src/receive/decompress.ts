import { promisify } from 'node:util';
import { gunzip, gunzipSync, inflate, inflateSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { receiveError } from './receive-error.ts';

/** Below this a hop to the thread pool and back costs more than the decompression itself. */
const SYNC_BYTES = 16 * 1024;

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer | Promise<Buffer>;

const DECODERS: Readonly<Record<string, { readonly now: Inflate; readonly later: Inflate }>> = {
  gzip: { now: gunzipSync, later: promisify(gunzip) },
  deflate: { now: inflateSync, later: promisify(inflate) },
  zstd: { now: zstdDecompressSync, later: promisify(zstdDecompress) },
};
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
    return await run(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw receiveError(413, `the body decompresses to more than ${maxBytes} bytes`);
    }
    const why = error instanceof Error ? error.message : String(error);
    throw receiveError(400, `the body cannot be decompressed as ${encoding}: ${why}`);
  }
}
