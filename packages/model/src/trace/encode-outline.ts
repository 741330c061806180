import { ByteReader } from '../encoding/byte-reader.ts';
import { ByteWriter } from '../encoding/byte-writer.ts';
import { emptyColumns } from './build-outline.ts';
import type { TraceOutline } from './outline.ts';
import { halves, SpanIndex } from './span-index.ts';

/**
 * An outline as bytes, for the wire: `UXTO`, a version, then column by column so that it compresses well.
 * Starts are differences, parents are distances in rows (a raw id only where the parent is not in the trace);
 * about 20 bytes a span. Ids are little-endian, as every machine this runs on holds them.
 */
export function encodeOutline(outline: TraceOutline): Uint8Array {
  const writer = new ByteWriter(256 + outline.size * 24);
  writer.raw(header);
  writer.text(outline.traceId);
  writer.text(outline.projectId);
  writer.raw(bytesOf(BigUint64Array.of(outline.startUnixNano)));
  for (const table of [outline.names, outline.services]) {
    writer.varint(table.length);
    for (const text of table) writer.text(text);
  }
  writer.varint(outline.size);
  writer.raw(bytesOf(outline.spanIds));
  writeParents(writer, outline);
  let before = 0;
  for (const start of outline.startNanos) {
    writer.varint(start - before);
    before = start;
  }
  for (const column of [outline.durationNanos, outline.nameIndexes, outline.serviceIndexes]) {
    for (const value of column) writer.varint(value);
  }
  writer.raw(outline.flags);
  return writer.finish();
}

const version = 1;
const header = Uint8Array.of(0x55, 0x58, 0x54, 0x4f, version);
/** Id, parent, start, duration, name, service, flags: a row takes no less. */
const minRowBytes = 8 + 6;

/** No parent: 0. In the trace: twice the distance in rows, zigzag, plus 2. Elsewhere: 1 and the id. */
function writeParents(writer: ByteWriter, { spanIds, parentSpanIds, size }: TraceOutline): void {
  const index = new SpanIndex(spanIds);
  const parents = halves(parentSpanIds);
  for (let row = 0; row < size; row++) {
    if (parents[row * 2] === 0 && parents[row * 2 + 1] === 0) {
      writer.varint(0);
      continue;
    }
    const parent = index.find(parents, row);
    if (parent >= 0) writer.varint(zigzag(row - parent) * 2 + 2);
    else {
      writer.varint(1);
      writer.raw(bytesOf(parentSpanIds.subarray(row, row + 1)));
    }
  }
}

/** The inverse of `encodeOutline`. Throws `OUTLINE_INVALID` for anything else, before allocating for it. */
export function decodeOutline(bytes: Uint8Array): TraceOutline {
  const reader = new ByteReader(bytes);
  if (reader.remaining < header.length) reader.fail('too short');
  const start = reader.raw(header.length);
  if (header.some((byte, i) => i < 4 && byte !== start[i])) reader.fail('no outline');
  if (start[4] !== version) reader.fail(`version ${start[4]}, only ${version} is known`);
  const traceId = reader.text();
  const projectId = reader.text();
  const startUnixNano = readIds(reader, 1)[0] ?? 0n;
  const names = readTable(reader);
  const services = readTable(reader);
  const size = reader.count(minRowBytes);
  const columns = readColumns(reader, size, names.length, services.length);
  if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes too many`);
  return { traceId, projectId, startUnixNano, size, ...columns, names, services };
}

function readTable(reader: ByteReader): string[] {
  const length = reader.count(1);
  return Array.from({ length }, () => reader.text());
}

function readColumns(reader: ByteReader, size: number, nameCount: number, serviceCount: number) {
  const columns = emptyColumns(size);
  columns.spanIds.set(readIds(reader, size));
  for (let row = 0; row < size; row++) readParent(reader, row, columns);
  let start = 0;
  for (let row = 0; row < size; row++) {
    start += reader.varint();
    columns.startNanos[row] = start;
  }
  for (let row = 0; row < size; row++) columns.durationNanos[row] = reader.varint();
  for (let row = 0; row < size; row++) columns.nameIndexes[row] = reader.index(nameCount);
  for (let row = 0; row < size; row++) columns.serviceIndexes[row] = reader.index(serviceCount);
  columns.flags.set(reader.raw(size));
  return columns;
}

function readParent(reader: ByteReader, row: number, columns: ReturnType<typeof emptyColumns>): void {
  const code = reader.varint();
  if (code === 0) return;
  if (code === 1) {
    columns.parentSpanIds[row] = readIds(reader, 1)[0] ?? 0n;
    return;
  }
  const parent = row - unzigzag(Math.floor(code / 2) - 1);
  if (code % 2 === 1 || parent < 0 || parent >= columns.spanIds.length) reader.fail(`parent of row ${row}`);
  columns.parentSpanIds.set(columns.spanIds.subarray(parent, parent + 1), row);
}

/** Copied, because a view would have to be aligned. */
function readIds(reader: ByteReader, count: number): BigUint64Array {
  return new BigUint64Array(reader.raw(count * 8).slice().buffer);
}

function bytesOf(column: BigUint64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function unzigzag(code: number): number {
  return code % 2 === 0 ? code / 2 : -(code + 1) / 2;
}
