import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MemoryFileSystem } from '../../test/memory-file-system.ts';
import { RecordingStore } from '../../test/recording-store.ts';
import { numberedRequest } from '../../test/requests.ts';
import { Ingest } from '../ingest/ingest.ts';
import { type CollectorLimits, completeLimits } from '../limits.ts';
import { BlockJournal } from '../log/block-journal.ts';
import { LogReader } from '../log/log-reader.ts';
import { findSegments } from '../log/segments.ts';
import { SetAsideBlocks } from '../log/set-aside-blocks.ts';
import { WriteAheadLog } from '../log/write-ahead-log.ts';
import { silentLogger } from '../logger.ts';
import { Loader } from './loader.ts';

/** Longer than a test takes: what is to end before has another reason. */
const LONG = 60_000;

/** A pipeline on a disk in memory. */
async function pipeline(
  files: MemoryFileSystem,
  store: RecordingStore,
  given: Partial<CollectorLimits> = {},
) {
  const limits = completeLimits({ maxBlockDelayMs: 20, ...given });
  const common = { files, directory: 'wal', logger: silentLogger };
  const segments = await findSegments(files, 'wal');
  const journal = await BlockJournal.open({ ...common, firstPosition: segments[0]?.base });
  const log: WriteAheadLog = new WriteAheadLog({
    ...common,
    limits,
    segments,
    firstPosition: journal.spentTo,
    onDurable: () => loader.notify(),
  });
  const reader = new LogReader({
    ...common,
    segments: () => log.segments,
    onDamage: () => {},
    position: journal.doneTo,
  });
  const onStored = (doneTo: number) => void log.release(doneTo);
  const setAside = new SetAsideBlocks({ ...common, segments: () => log.segments });
  const loader: Loader = new Loader({ ...common, reader, journal, store, limits, setAside, onStored });
  loader.start();
  const ingest = new Ingest({ log, limits, projectId: 'p' });
  return { log, journal, loader, ingest };
}

describe('Loader', () => {
  it('puts what comes together into one block', async () => {
    const store = new RecordingStore();
    const { ingest, loader } = await pipeline(new MemoryFileSystem(), store, { maxBlockDelayMs: LONG });
    await Promise.all([1, 11, 21].map((first) => ingest.otlp(numberedRequest(10, first))));
    await loader.stop(LONG);
    expect([...store.blocks.values()].map((block) => block.rows)).toEqual([30]);
  });

  it('ends a block after its delay, and puts a later span into a later one', async () => {
    const store = new RecordingStore();
    const { ingest, loader } = await pipeline(new MemoryFileSystem(), store);
    for (const id of [1, 2]) {
      await ingest.otlp(numberedRequest(1, id));
      await expect.poll(() => store.rows).toBe(id);
    }
    expect(store.blocks.size).toBe(2);
    await loader.stop(LONG);
  });

  it('ends a block at its largest number of spans, between two requests', async () => {
    const store = new RecordingStore();
    const { ingest, loader } = await pipeline(new MemoryFileSystem(), store, {
      maxBlockSpans: 25,
      maxBlockDelayMs: LONG,
    });
    await Promise.all([1, 11, 21, 31, 41].map((first) => ingest.otlp(numberedRequest(10, first))));
    await loader.stop(LONG);
    expect([...store.blocks.values()].map((block) => block.rows)).toEqual([20, 20, 10]);
  });

  it('makes the same blocks with the same tokens after a crash, and no other for them', async () => {
    const files = new MemoryFileSystem();
    const dead = new RecordingStore();
    dead.beforeInsert = () => new Promise(() => {});
    const before = await pipeline(files, dead, { maxBlockDelayMs: 10 });
    for (let index = 0; index < 6; index++) {
      await before.ingest.otlp(numberedRequest(5 + index, 1 + index * 100));
      await expect.poll(() => dead.attempts.length).toBe(Math.min(index + 1, 2)); // As many as may be under way.
    }
    const disk = files.powerCut();

    // The crash came after the engine had stored the second block, before the collector heard of it.
    const store = new RecordingStore();
    const again = await pipeline(disk, store, { maxBlockDelayMs: LONG });
    await expect.poll(() => store.attempts.slice(0, 2)).toEqual(dead.attempts);
    await again.loader.stop(LONG);
    expect(store.attempts).toHaveLength(3);
    expect(store.rows).toBe(5 + 6 + 7 + 8 + 9 + 10);

    const after = await pipeline(disk, store);
    await after.loader.stop(LONG);
    expect(store.attempts).toHaveLength(3);
  });

  it('loses no new spans though the segments of blocks that were begun are gone', async () => {
    const files = new MemoryFileSystem();
    const store = new RecordingStore();
    const before = await pipeline(files, store);
    // The journal's note that the block is stored is never synced.
    store.beforeInsert = async () => void files.failing.set('sync', 'EIO');
    await before.ingest.otlp(numberedRequest(5));
    await expect.poll(() => store.rows).toBe(5);
    store.beforeInsert = async () => {};
    const disk = files.powerCut();
    for (const path of disk.files.keys()) if (path.endsWith('.wal')) disk.files.delete(path);

    const away = new RecordingStore();
    away.failure = new Error('the engine is away');
    const again = await pipeline(disk, away);
    await expect.poll(() => again.journal.doneTo).toBeGreaterThan(0);
    await again.ingest.otlp(numberedRequest(5, 6));
    await expect.poll(() => away.attempts.length).toBeGreaterThan(0);
    const after = await pipeline(disk.powerCut(), store);
    await Promise.all([again.loader.stop(1), after.loader.stop(LONG)]);
    expect(store.rows).toBe(10);
  });

  it('lets only so many blocks pass one that hangs as the journal remembers', async () => {
    const files = new MemoryFileSystem();
    const store = new RecordingStore();
    store.beforeInsert = () => (store.attempts.length === 1 ? new Promise(() => {}) : Promise.resolve());
    const limits = { maxBlockSpans: 1, maxBlockDelayMs: 1 };
    const before = await pipeline(files, store, limits);
    for (let id = 1; id <= 100; id++) await before.ingest.otlp(numberedRequest(1, id));
    await expect.poll(() => store.attempts.length).toBe(60);

    store.beforeInsert = async () => {};
    const again = await pipeline(files.powerCut(), store, { ...limits, maxBlockSpans: 7 });
    await again.loader.stop(LONG);
    expect(store.rows).toBe(100);
  });

  it('tries a block again under its token until the store takes it, and accepts spans meanwhile', async () => {
    const store = new RecordingStore();
    store.failure = new Error('the engine is away');
    const { ingest, loader, log } = await pipeline(new MemoryFileSystem(), store, { segmentBytes: 2_000 });
    for (let index = 0; index < 20; index++) {
      expect(await ingest.otlp(numberedRequest(10, 1 + index * 10))).toMatchObject({ status: 'accepted' });
      await sleep(3);
    }
    await expect.poll(() => loader.stats.failedInserts).toBeGreaterThan(3);
    expect(loader.failure).toBe(store.failure);
    expect(log.segments.length).toBeGreaterThan(3);
    store.failure = null;
    await expect.poll(() => store.rows).toBe(200);
    expect(new Set(store.attempts)).toEqual(new Set(store.blocks.keys()));
    expect(loader.failure).toBeNull();
    await expect.poll(() => log.segments.length).toBe(1);
    await loader.stop(LONG);
  });

  it('sets a block aside that the store refuses while it takes others, and stores it at a later start', async () => {
    const files = new MemoryFileSystem();
    const store = new RecordingStore();
    store.refusedRows = 7;
    const first = await pipeline(files, store, { maxBlockRefusals: 2, segmentBytes: 1_000 });
    await first.ingest.otlp(numberedRequest(7));
    await expect.poll(() => store.attempts.length).toBeGreaterThan(0);
    while (first.loader.stats.setAsideSpans === 0) {
      await first.ingest.otlp(numberedRequest(10, 100));
      await sleep(10);
    }
    await first.loader.stop(LONG);
    await expect.poll(() => first.log.segments.length).toBe(1);
    expect(first.loader.stats.setAsideSpans).toBe(7);
    expect(store.rows % 10).toBe(0);
    const isBlock = (path: string): boolean => path.startsWith('wal/set-aside/');
    const [path = ''] = [...files.files.keys()].filter(isBlock);
    expect(path).toBe(`wal/set-aside/${store.attempts[0]}.block`);

    const stored = store.rows;
    const still = await pipeline(files, store);
    await still.loader.stop(LONG);
    expect([...files.files.keys()].filter(isBlock)).toEqual([path]);

    store.refusedRows = 0;
    const later = await pipeline(files, store);
    await expect.poll(() => store.rows).toBe(stored + 7);
    await expect.poll(() => [...files.files.keys()].filter(isBlock)).toEqual([]);
    await later.loader.stop(LONG);
  });

  it('sets a block aside that the store fails on while it takes others', async () => {
    const files = new MemoryFileSystem();
    const store = new RecordingStore();
    store.failingRows = 7;
    const { ingest, loader } = await pipeline(files, store, { maxBlockRefusals: 2, maxBlockSpans: 1 });
    await ingest.otlp(numberedRequest(7));
    let sent = 0;
    while (loader.stats.setAsideSpans === 0) {
      await ingest.otlp(numberedRequest(1, 100 + sent++));
      await sleep(10);
    }
    await loader.stop(LONG);
    expect([store.rows, loader.stats.setAsideSpans]).toEqual([sent, 7]);
    expect([...files.files.keys()].filter((path) => path.endsWith('.block'))).toHaveLength(1);
  });

  it('gives up on a block set aside that the store fails on still, and goes on with the next', async () => {
    const files = new MemoryFileSystem();
    const store = new RecordingStore();
    Object.assign(store, { failingRows: 7, refusedRows: 5 });
    const limits = { maxBlockRefusals: 2, maxBlockSpans: 1 };
    const first = await pipeline(files, store, limits);
    for (const rows of [7, 5]) await first.ingest.otlp(numberedRequest(rows));
    let sent = 0;
    while (first.loader.stats.setAsideSpans < 12) {
      await first.ingest.otlp(numberedRequest(1, 100 + sent++));
      await sleep(10);
    }
    await first.loader.stop(LONG);
    store.refusedRows = 0;
    const attempts = store.attempts.length;
    store.failure = new Error('the engine is away');
    const again = await pipeline(files, store);
    await sleep(20); // An engine that is away is no fault of a block.
    expect(store.attempts).toHaveLength(attempts);
    store.failure = null;
    await expect.poll(() => store.rows).toBe(sent + 5);
    await again.loader.stop(LONG);
    expect(store.attempts).toHaveLength(attempts + 4);
    expect([...files.files.keys()].filter((path) => path.endsWith('.block'))).toHaveLength(1);
  });

  it('keeps everything in the log while the store refuses all blocks', async () => {
    const store = new RecordingStore();
    store.refusedRows = 10;
    const { ingest, loader, log } = await pipeline(new MemoryFileSystem(), store, {
      maxBlockRefusals: 1,
      maxBlockSpans: 10,
      maxInsertsInFlight: 1,
    });
    for (let first = 1; first < 200; first += 10) await ingest.otlp(numberedRequest(10, first));
    await expect.poll(() => loader.stats.failedInserts).toBeGreaterThan(10);
    expect(loader.stats.setAsideSpans).toBe(0);
    expect(log.segments[0]?.base).toBe(0);
    store.refusedRows = 0;
    await expect.poll(() => store.rows, { timeout: LONG }).toBe(200);
    await loader.stop(LONG);
  });

  it('has no more inserts under way than allowed', async () => {
    const store = new RecordingStore();
    store.beforeInsert = () => sleep(15);
    const { ingest, loader } = await pipeline(new MemoryFileSystem(), store, {
      maxBlockSpans: 10,
      maxInsertsInFlight: 2,
    });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => ingest.otlp(numberedRequest(10, 1 + index * 10))),
    );
    await loader.stop(LONG);
    expect(store.rows).toBe(120);
    expect(store.maxInFlight).toBe(2);
  });

  it('stops in time though the store is away, and leaves the rest in the log', async () => {
    const files = new MemoryFileSystem();
    const store = new RecordingStore();
    store.failure = new Error('the engine is away');
    const { ingest, loader } = await pipeline(files, store);
    await ingest.otlp(numberedRequest(10));
    await loader.stop(100);
    expect(store.rows).toBe(0);
    store.failure = null;
    const again = await pipeline(files, store);
    await again.loader.stop(LONG);
    expect(store.rows).toBe(10);
  });

  it('goes on when the block journal can be written again', async () => {
    const files = new MemoryFileSystem();
    const store = new RecordingStore();
    const { ingest, loader } = await pipeline(files, store, { maxBlockDelayMs: 60 });
    await ingest.otlp(numberedRequest(10));
    files.failing.set('sync', 'EIO');
    await sleep(100);
    expect(store.rows).toBe(0);
    files.failing.clear();
    await expect.poll(() => store.rows).toBe(10);
    await loader.stop(LONG);
  });
});
