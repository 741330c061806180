/** The payload of a `spans` record: what a request's decoding depends on, then its body as it came. */
export interface SpanRecord {
  /** The project of spans whose resource names none, as it was when the request came. */
  readonly defaultProject: string;
  /** How many spans of the body were accepted. */
  readonly spanCount: number;
  /** The spans that were not, by their place in the body, ascending. */
  readonly rejected: readonly number[];
  /** Where the body starts. */
  readonly bodyAt: number;
}

const VERSION = 1;

/** What goes before the body: version (1), project length (2), project, span count (4), rejected count (4), rejected (4 each). */
export function spanRecordPrefix(record: Omit<SpanRecord, 'bodyAt'>): Buffer {
  const project = Buffer.from(record.defaultProject);
  const prefix = Buffer.allocUnsafe(11 + project.length + record.rejected.length * 4);
  let at = prefix.writeUInt8(VERSION, 0);
  at = prefix.writeUInt16LE(project.length, at);
  at += project.copy(prefix, at);
  at = prefix.writeUInt32LE(record.spanCount, at);
  at = prefix.writeUInt32LE(record.rejected.length, at);
  for (const ordinal of record.rejected) at = prefix.writeUInt32LE(ordinal, at);
  return prefix;
}

/** Null for a version this program does not know. */
export function readSpanRecord(buffer: Buffer, payloadAt: number): SpanRecord | null {
  if (buffer[payloadAt] !== VERSION) return null;
  const projectLength = buffer.readUInt16LE(payloadAt + 1);
  let at = payloadAt + 3;
  const defaultProject = buffer.toString('utf8', at, at + projectLength);
  at += projectLength;
  const spanCount = buffer.readUInt32LE(at);
  const rejectedCount = buffer.readUInt32LE(at + 4);
  at += 8;
  const rejected: number[] = [];
  for (let index = 0; index < rejectedCount; index++) rejected.push(buffer.readUInt32LE(at + index * 4));
  return { defaultProject, spanCount, rejected, bodyAt: at + rejectedCount * 4 };
}
