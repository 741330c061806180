import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type InsertStatement, parseInsert } from '../sql/insert-statement.ts';
import { stringLiteral } from '../sql/literal.ts';
import { ClickHouseError } from './clickhouse-error.ts';

/** What a request asks to run: one statement, and the file with its data if it is an insert with data. */
export interface Statement {
  sql: string;
  /** Takes a place among the inserts. */
  isInsert: boolean;
  /** Its data come from the request. */
  hasData: boolean;
  /** Removes the file. */
  dispose(): Promise<void>;
}

// The statement itself must be in the first part; what follows an INSERT's FORMAT goes to the file as it comes.
const HEAD_BYTES = 1024 * 1024;
const MAX_STATEMENT_BYTES = 16 * HEAD_BYTES;
const PIECE_BYTES = 8 * HEAD_BYTES;

/** The query of the URL, a line end, the body: as a ClickHouse server reads it (HTTPHandler.cpp). */
export async function readStatement(
  urlQuery: string,
  body: Readable,
  incomingDir: string,
): Promise<Statement> {
  const reader = body[Symbol.asyncIterator]();
  const start = Buffer.from(urlQuery === '' ? '' : `${urlQuery}\n`);
  const head = await readUpTo(reader, start, HEAD_BYTES);
  // latin1: an index is then a byte offset, and data of any kind survives.
  const insert = parseInsert(head.bytes.toString('latin1'));
  if (insert !== null) return await insertFromFile(insert, head, reader, incomingDir);
  const whole = head.ended ? head : await readUpTo(reader, head.bytes, MAX_STATEMENT_BYTES);
  if (!whole.ended) {
    throw new ClickHouseError(
      229,
      'QUERY_IS_TOO_LARGE',
      `a statement of more than ${MAX_STATEMENT_BYTES} bytes`,
    );
  }
  const sql = whole.bytes.toString();
  return { sql, isInsert: /^\s*INSERT\b/i.test(sql), hasData: false, dispose: async () => {} };
}

type Chunks = AsyncIterator<Buffer>;
interface Head {
  bytes: Buffer;
  ended: boolean;
}

async function readUpTo(reader: Chunks, start: Buffer, limit: number): Promise<Head> {
  const chunks = [start];
  let size = start.length;
  while (size <= limit) {
    const { done, value } = await reader.next();
    if (done) return { bytes: Buffer.concat(chunks), ended: true };
    chunks.push(value);
    size += value.length;
  }
  return { bytes: Buffer.concat(chunks), ended: false };
}

/**
 * chDB takes binary data in from files only: what goes through its statement text is read as UTF-8. FROM INFILE reads
 * with the table's own header and defaults, as an insert over the network does.
 */
async function insertFromFile(
  insert: InsertStatement,
  head: Head,
  rest: Chunks,
  incomingDir: string,
): Promise<Statement> {
  const path = join(incomingDir, crypto.randomUUID());
  const dispose = () => rm(path, { force: true });
  try {
    await writeFile(path, head.bytes.subarray(insert.dataStart), head.ended ? null : rest);
  } catch (error) {
    await dispose();
    throw error;
  }
  const [target, clauses] = [insert.target, insert.clauses].map((part) =>
    Buffer.from(part, 'latin1').toString(),
  );
  const sql = `${target} FROM INFILE ${stringLiteral(path)} COMPRESSION 'none' ${clauses} FORMAT ${insert.format}`;
  return { sql, isInsert: true, hasData: true, dispose };
}

// In large pieces, as each write is a trip to a thread and back, and from the chunks as they came: put together first,
// they would be copied and collected once more.
async function writeFile(path: string, first: Buffer, rest: Chunks | null): Promise<void> {
  const file = await open(path, 'wx');
  try {
    let chunks = [first];
    for (let ended = rest === null; ; chunks = []) {
      for (let size = 0; rest !== null && !ended && size < PIECE_BYTES; ) {
        const { done, value } = await rest.next();
        if (done) ended = true;
        else {
          chunks.push(value);
          size += value.length;
        }
      }
      await writeAll(file, chunks);
      if (ended) return;
    }
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await file.writev(chunks);
  // Cut short, as on a full disk: the next write says why.
  if (bytesWritten < size) await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}
