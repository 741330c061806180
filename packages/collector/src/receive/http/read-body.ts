import type { IncomingMessage } from 'node:http';
import { receiveError } from '../receive-error.ts';

/** The whole body. @throws {ReceiveError} 413 as soon as it is larger than allowed, 400 if it is cut off */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(declared, maxBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
      throw receiveError(400, `the body ended after ${bytes} of ${declared} bytes`);
    }
    throw error;
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
}

const tooLarge = (bytes: number, maxBytes: number) =>
  receiveError(413, `the body has ${bytes} bytes or more, at most ${maxBytes} are taken`);
