import { type Damage, LogReader } from '../src/log/log-reader.ts';
import { findSegments } from '../src/log/segments.ts';
import { type LogLimits, WriteAheadLog } from '../src/log/write-ahead-log.ts';
import { silentLogger } from '../src/logger.ts';
import type { MemoryFileSystem } from './memory-file-system.ts';

export const LOG_LIMITS: LogLimits = {
  maxLogBytes: 1 << 20,
  segmentBytes: 1 << 12,
  maxWaitingBytes: 1 << 18,
  retryDiskAfterMs: 20,
};

export async function openLog(
  files: MemoryFileSystem,
  limits: Partial<LogLimits> = {},
  firstPosition = 0,
): Promise<WriteAheadLog> {
  return new WriteAheadLog({
    files,
    directory: 'wal',
    limits: { ...LOG_LIMITS, ...limits },
    logger: silentLogger,
    segments: await findSegments(files, 'wal'),
    firstPosition,
    onDurable: () => {},
  });
}

/** The texts of the log's records from a position on, and the damage met on the way. */
export async function readTexts(
  files: MemoryFileSystem,
  log: WriteAheadLog,
  position = 0,
): Promise<{ texts: string[]; damage: Damage[]; positions: number[] }> {
  const damage: Damage[] = [];
  const reader = new LogReader({
    files,
    directory: 'wal',
    segments: () => log.segments,
    logger: silentLogger,
    onDamage: (one) => damage.push(one),
    position,
  });
  const texts: string[] = [];
  const positions: number[] = [];
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
    for (const record of batch.records) {
      texts.push(batch.buffer.toString('utf8', record.payloadAt, record.payloadEnd));
      positions.push(record.position);
    }
  }
  return { texts, damage, positions };
}
