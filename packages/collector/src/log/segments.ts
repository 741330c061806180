import { join } from 'node:path';
import type { LogFileSystem } from './file-system.ts';
import { HEADER_BYTES, RecordType, readHeader } from './record.ts';

/** One file of the log. Positions run through the whole log: the segment's base plus the place in its file. */
export interface Segment {
  readonly path: string;
  readonly base: number;
  /** The position after its last byte that may be read. */
  end: number;
  /** Bytes its file takes on the disk. */
  fileBytes: number;
}

const SUFFIX = '.wal';
export const SEGMENT_PREFIX_BYTES = HEADER_BYTES + 8;

export const segmentPath = (directory: string, base: number): string =>
  join(directory, `${base.toString().padStart(16, '0')}${SUFFIX}`);

/** The segments that are there, oldest first. What follows a failed write in one is left out. */
export async function findSegments(files: LogFileSystem, directory: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of (await files.list(directory)).sort()) {
    const base = /^(\d{16})\.wal$/.exec(name)?.[1];
    if (base === undefined) continue;
    const path = join(directory, name);
    const fileBytes = await files.size(path);
    if (fileBytes === 0) await files.remove(path);
    else segments.push({ path, base: Number(base), end: Number(base) + fileBytes, fileBytes });
  }
  for (const [index, segment] of segments.entries()) {
    const before = segments[index - 1];
    if (before === undefined) continue;
    const limit = (await previousEnd(files, segment)) ?? segment.base;
    before.end = Math.min(before.end, limit);
  }
  return segments;
}

/** Where the segment before this one ends, as this one's first record says; null if that is damaged. */
async function previousEnd(files: LogFileSystem, segment: Segment): Promise<number | null> {
  const buffer = Buffer.alloc(SEGMENT_PREFIX_BYTES);
  const file = await files.open(segment.path, 'read');
  try {
    if ((await files.size(segment.path)) < SEGMENT_PREFIX_BYTES) return null;
    await file.read(buffer, 0);
  } finally {
    await file.close();
  }
  const header = readHeader(buffer, 0, segment.base);
  if (header === null || header.type !== RecordType.segment) return null;
  return Number(buffer.readBigUInt64LE(HEADER_BYTES));
}
