import type { IncomingMessage } from 'node:http';
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { ClickHouseError } from './clickhouse-error.ts';
import { header } from './query-request.ts';

/** The body of a request, decompressed, of at most `maxBytes`. */
export function requestBody(request: IncomingMessage, maxBytes: number): Readable {
  const decoder = decoderOf(header(request, 'content-encoding')?.trim().toLowerCase() ?? '');
  // Node gives out no more of a body than its length says, so that of most statements needs no counting on the way.
  if (decoder === null && Number(header(request, 'content-length')) <= maxBytes) return request;
  const limit = new ByteLimit(maxBytes);
  if (decoder === null) return connect(request, limit);
  return connect(connect(request, decoder), limit);
}

function decoderOf(encoding: string): Transform | null {
  switch (encoding) {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      throw new ClickHouseError(
        89,
        'UNKNOWN_COMPRESSION_METHOD',
        `Content-Encoding ${encoding} is not supported`,
      );
  }
}

// Like pipe, but with the errors: a broken upload or a corrupt stream ends the reader too.
function connect(from: Readable, to: Transform): Transform {
  from.once('error', (error) => to.destroy(error));
  from.once('close', () => {
    if (!from.readableEnded) to.destroy(new Error('the request ended early'));
  });
  return from.pipe(to);
}

class ByteLimit extends Transform {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#maxBytes) done(null, chunk);
    else
      done(new ClickHouseError(229, 'QUERY_IS_TOO_LARGE', `the body is larger than ${this.#maxBytes} bytes`));
  }
}
