import type { IncomingMessage } from 'node:http';
import { receiveError } from '../receive-error.ts';
import { BodyPool, type PooledBody } from './body-pool.ts';

export interface ReadBodyOptions {
  readonly maxBytes: number;
  readonly pool: BodyPool;
  /** Told of bytes as they come that no `content-length` announced. */
  readonly onUndeclared: (bytes: number) => void;
}

/** The whole body. @throws {ReceiveError} 413 as soon as it is larger than allowed, 400 if it is cut off */
export async function readBody(
  request: IncomingMessage,
  { maxBytes, pool, onUndeclared }: ReadBodyOptions,
): Promise<PooledBody> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(declared, maxBytes);
  const pooled = BodyPool.wants(declared) ? pool.take(declared) : null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (bytes + chunk.length > maxBytes) throw tooLarge(bytes + chunk.length, maxBytes);
      if (declared === 0) onUndeclared(chunk.length);
      // Node's parser ends a body at its declared length.
      if (pooled === null) chunks.push(chunk);
      else chunk.copy(pooled.bytes, bytes);
      bytes += chunk.length;
    }
  } catch (error) {
    pooled?.release();
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
      throw receiveError(400, `the body ended after ${bytes} of ${declared} bytes`);
    }
    throw error;
  }
  if (pooled !== null) return { bytes: pooled.bytes.subarray(0, bytes), release: pooled.release };
  const [only] = chunks;
  const whole = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
  return { bytes: whole, release() {} };
}

const tooLarge = (bytes: number, maxBytes: number) =>
  receiveError(413, `the body has ${bytes} bytes or more, at most ${maxBytes} are taken`);
