import { join } from 'node:path';
import type { LogFileSystem } from './file-system.ts';
import { HEADER_BYTES, isIntact, RecordType, readHeader } from './record.ts';

/** One file of the log. Positions run through the whole log: the segment's base plus the place in its file. */
export interface Segment {
  readonly path: string;
  readonly base: number;
  /** Where the segment before it ends, as its first record says. */
  readonly follows: number;
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
    else segments.push(await segmentAt(files, { path, base: Number(base), fileBytes }));
  }
  for (const [index, { follows }] of segments.entries()) {
    const before = segments[index - 1];
    if (before !== undefined) before.end = Math.min(before.end, follows);
  }
  return segments;
}

async function segmentAt(
  files: LogFileSystem,
  found: Pick<Segment, 'path' | 'base' | 'fileBytes'>,
): Promise<Segment> {
  const follows = (await previousEnd(files, found)) ?? found.base;
  return { ...found, follows, end: found.base + found.fileBytes };
}

/** Where the segment before this one ends, as this one's first record says; null if that is damaged. */
async function previousEnd(
  files: LogFileSystem,
  segment: Pick<Segment, 'path' | 'base'>,
): Promise<number | null> {
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
  if (!isIntact(buffer, HEADER_BYTES, header)) return null;
  return Number(buffer.readBigUInt64LE(HEADER_BYTES));
}
