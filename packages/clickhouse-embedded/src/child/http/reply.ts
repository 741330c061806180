import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { deflate, gzip, zstdCompress } from 'node:zlib';
import type { QueryResult } from '../query-runner.ts';
import { contentType, outputFormat } from '../sql/output-format.ts';
import { asClickHouseError, statusOf } from './clickhouse-error.ts';
import { header, type QueryRequest } from './query-request.ts';

export function answerText(response: ServerResponse, text: string, status = 200): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** The error's text as the body, its code in a header, the status as a ClickHouse server maps it. */
export function answerError(response: ServerResponse, error: unknown, version: string): void {
  if (response.destroyed) return;
  const { exceptionCode, text } = asClickHouseError(error);
  const body = `${/\(version [^)]*\)/.test(text) ? text : `${text} (version ${version} (embedded))`}\n`;
  const status = statusOf(exceptionCode);
  // The rest of an unread body would be taken for the next request.
  const unread = response.req.complete ? {} : { Connection: 'close' };
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': Buffer.byteLength(body),
    'X-ClickHouse-Exception-Code': exceptionCode,
    ...(status === 503 ? { 'Retry-After': '1' } : {}),
    ...unread,
  });
  response.end(body);
}

interface Answer {
  exchange: { request: IncomingMessage; response: ServerResponse };
  query: QueryRequest;
  sql: string;
  result: QueryResult;
}

export async function answerResult({ exchange, query, sql, result }: Answer): Promise<void> {
  const { request, response } = exchange;
  const format = outputFormat(sql, query.defaultFormat);
  const coding = query.enableCompression ? codingOf(header(request, 'accept-encoding') ?? '') : null;
  const body = coding === null ? result.bytes : await compress(coding, result.bytes);
  response.writeHead(200, {
    'Content-Type': contentType(format),
    'Content-Length': body.length,
    ...(coding === null ? {} : { 'Content-Encoding': coding }),
    'X-ClickHouse-Format': format,
    'X-ClickHouse-Timezone': 'UTC',
    'X-ClickHouse-Summary': summary(result),
  });
  response.end(body);
}

// Numbers as strings, as a server writes them.
function summary(result: QueryResult): string {
  return JSON.stringify({
    read_rows: String(result.readRows),
    read_bytes: String(result.readBytes),
    written_rows: String(result.writtenRows),
    written_bytes: String(result.writtenBytes),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: String(result.bytes.length),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  });
}

const CODERS = { gzip: promisify(gzip), deflate: promisify(deflate), zstd: promisify(zstdCompress) } as const;
type Coding = keyof typeof CODERS;

// In the order of ClickHouse's own preference (CompressionMethod.cpp) among those that Node has.
const codingOf = (accepted: string): Coding | null =>
  (['gzip', 'deflate', 'zstd'] as const).find((coding) => new RegExp(`\\b${coding}\\b`).test(accepted)) ??
  null;

const compress = (coding: Coding, bytes: Uint8Array): Promise<Buffer> => CODERS[coding](bytes);
