import { describe, expect, it } from 'vitest';
import { MemoryFileSystem } from '../../test/memory-file-system.ts';
import { silentLogger } from '../logger.ts';
import { BlockJournal } from './block-journal.ts';

const open = (files: MemoryFileSystem, firstPosition?: number) =>
  BlockJournal.open({ files, directory: 'wal', logger: silentLogger, firstPosition });

describe('BlockJournal', () => {
  it('knows after a power cut which blocks were begun and not finished', async () => {
    const files = new MemoryFileSystem();
    const journal = await open(files);
    await journal.begin({ from: 0, to: 10 });
    await journal.finish(10);
    await journal.begin({ from: 10, to: 20 });
    await journal.begin({ from: 20, to: 35 });
    const again = await open(files.powerCut(), 0);
    expect(again.logId).toBe(journal.logId);
    expect(again.doneTo).toBe(10);
    expect(again.unfinished).toEqual([
      { from: 10, to: 20 },
      { from: 20, to: 35 },
    ]);
    await journal.finish(20);
    const later = await open(files.powerCut(), 0);
    expect([later.doneTo, later.unfinished]).toEqual([20, [{ from: 20, to: 35 }]]);
  });

  it('never grows, however many blocks there were', async () => {
    const files = new MemoryFileSystem();
    const journal = await open(files);
    const size = await files.size('wal/blocks.journal');
    for (let at = 0; at < 1_000; at++) {
      await journal.begin({ from: at, to: at + 1 });
      await journal.finish(at + 1);
    }
    await journal.begin({ from: 1_000, to: 1_234 });
    expect(await files.size('wal/blocks.journal')).toBe(size);
    const again = await open(files, 0);
    expect([again.doneTo, again.unfinished]).toEqual([1_000, [{ from: 1_000, to: 1_234 }]]);
  });

  it('survives a slot being torn: the state before counts', async () => {
    const files = new MemoryFileSystem();
    const journal = await open(files);
    for (const to of [10, 20, 30]) {
      await journal.begin({ from: to - 10, to });
      await journal.finish(to);
    }
    const bytes = files.files.get('wal/blocks.journal')?.bytes ?? Buffer.alloc(0);
    const newest = bytes.readBigUInt64LE(8) > bytes.readBigUInt64LE(64 + 8) ? 0 : 64;
    bytes[newest + 16] = 0xff;
    const again = await open(files, 0);
    expect([again.doneTo, again.unfinished]).toEqual([20, [{ from: 20, to: 30 }]]);
  });

  it('a new log has a name of its own', async () => {
    const names = await Promise.all([1, 2, 3].map(async () => (await open(new MemoryFileSystem())).logId));
    expect(new Set(names).size).toBe(3);
  });
});
