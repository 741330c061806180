import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLog, readTexts } from '../../test/log-on-disk.ts';
import { MemoryFileSystem } from '../../test/memory-file-system.ts';
import type { WriteAheadLog } from './write-ahead-log.ts';

const append = (log: WriteAheadLog, text: string) => log.append([Buffer.from(text)]);
const statusOf = async (log: WriteAheadLog, text: string) => (await append(log, text)).status;
const lastSegment = (files: MemoryFileSystem) => {
  const path =
    [...files.files.keys()]
      .filter((name) => name.endsWith('.wal'))
      .sort()
      .at(-1) ?? '';
  const file = files.files.get(path);
  if (file === undefined) throw new Error('there is no segment');
  return file;
};

describe('WriteAheadLog', () => {
  it('keeps records in order, over several segments, at positions that never change', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files);
    const texts = Array.from({ length: 40 }, (_, index) => `record ${index} ${'x'.repeat(index * 10)}`);
    const positions: number[] = [];
    for (const text of texts) {
      const result = await append(log, text);
      if (result.status === 'durable') positions.push(result.position);
    }
    await log.close();
    expect(log.segments.length).toBeGreaterThan(2);
    const again = await openLog(files);
    expect(await readTexts(files, again)).toEqual({ texts, positions, damage: [] });
    expect((await readTexts(files, again, positions[20])).texts).toEqual(texts.slice(20));
  });

  it('appends that wait together share one sync, and are answered only after it', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files);
    await append(log, 'first');
    const before = files.syncs;
    const { promise, resolve } = Promise.withResolvers<void>();
    files.beforeSync = () => promise;
    let answered = 0;
    const appends = Array.from({ length: 10 }, (_, index) => append(log, `${index}`).then(() => answered++));
    await sleep(5);
    expect(answered).toBe(0);
    resolve();
    await Promise.all(appends);
    expect(files.syncs - before).toBe(1);
  });

  it('what was answered survives a power cut, wherever the cut comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 30 }),
        fc.nat(600),
        async (texts, kept) => {
          const files = new MemoryFileSystem();
          const log = await openLog(files);
          for (const text of texts) await append(log, text);
          // One more is on its way when the power goes.
          files.beforeSync = () => new Promise(() => {});
          void append(log, 'never answered');
          await sleep(0);
          const disk = files.powerCut(kept);
          const again = await openLog(disk);
          const { texts: found, damage } = await readTexts(disk, again);
          expect(found.filter((text) => text !== 'never answered')).toEqual(texts);
          expect(damage.every((one) => one.kind === 'torn-tail')).toBe(true);
          expect(await statusOf(again, 'next')).toBe('durable');
          expect((await readTexts(disk, again)).texts.at(-1)).toBe('next');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reports a torn tail and goes on in a new segment', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files);
    await append(log, 'whole');
    await append(log, 'cut in two');
    const segment = lastSegment(files);
    segment.bytes = segment.bytes.subarray(0, segment.bytes.length - 3);
    const again = await openLog(files);
    await append(again, 'later');
    const { texts, damage } = await readTexts(files, again);
    expect(texts).toEqual(['whole', 'later']);
    expect(damage).toMatchObject([{ kind: 'torn-tail', setAside: null }]);
  });

  it('sets a damaged record aside, reports it, and reads those before and after it', async () => {
    for (const [what, offset] of [
      ['header', 30],
      ['payload', 5],
    ] as const) {
      const files = new MemoryFileSystem();
      const log = await openLog(files);
      for (const text of ['before', 'damaged!', 'after', 'last']) await append(log, text);
      const segment = lastSegment(files);
      const at = segment.bytes.indexOf('damaged!') + (what === 'header' ? -28 + 2 : offset);
      segment.bytes[at] = (segment.bytes[at] as number) ^ 0xff;
      const { texts, damage } = await readTexts(files, await openLog(files));
      expect(texts).toEqual(['before', 'after', 'last']);
      expect(damage).toMatchObject([{ kind: 'damaged', bytes: 28 + 8 }]);
      expect(files.files.get(damage[0]?.setAside ?? '')?.bytes.length).toBe(28 + 8);
    }
  });

  it('is not led astray by spans that look like records of a log', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files);
    await append(log, 'x');
    const image = Buffer.from(lastSegment(files).bytes);
    await log.append([image]);
    await append(log, 'after');
    const segment = lastSegment(files);
    const at = segment.bytes.lastIndexOf(image) - 10;
    segment.bytes[at] = (segment.bytes[at] as number) ^ 0xff;
    expect((await readTexts(files, await openLog(files))).texts).toEqual(['x', 'after']);
  });

  it.each([
    ['write', 'ENOSPC'],
    ['sync', 'EIO'],
    ['open', 'EROFS'],
  ] as const)(
    'a disk that fails to %s (%s) refuses, and takes again when it works',
    async (operation, code) => {
      const files = new MemoryFileSystem();
      const log = await openLog(files, { segmentBytes: 100 });
      await append(log, 'before');
      files.failing.set(operation, code);
      expect(await append(log, 'refused')).toMatchObject({
        status: 'refused',
        reason: 'failing',
        cause: { code },
      });
      expect(await statusOf(log, 'refused at once')).toBe('refused');
      expect(log.failure).toMatchObject({ code });
      files.failing.clear();
      await sleep(25);
      expect(await statusOf(log, 'after')).toBe('durable');
      expect(log.failure).toBeNull();
      expect((await readTexts(files, log)).texts).toEqual(['before', 'after']);
      expect((await readTexts(files, await openLog(files))).texts).toEqual(['before', 'after']);
    },
  );

  it('finds out by itself that the disk works again', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files);
    files.failing.set('open', 'ENOSPC');
    expect(await statusOf(log, 'refused')).toBe('refused');
    await sleep(60);
    expect(log.failure).toMatchObject({ code: 'ENOSPC' });
    files.failing.clear();
    await expect.poll(() => log.failure).toBeNull();
    expect(await statusOf(log, 'after')).toBe('durable');
    expect((await readTexts(files, log)).texts).toEqual(['after']);
    await log.close();
  });

  it('does not bring back what it refused, even if the bytes reached the disk', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files);
    await append(log, 'before');
    files.failing.set('sync', 'EIO').set('truncate', 'EIO');
    expect(await statusOf(log, 'refused but written')).toBe('refused');
    files.failing.clear();
    await sleep(25);
    await append(log, 'after');
    expect(lastSegment(files).bytes.includes('after')).toBe(true);
    const { texts, damage } = await readTexts(files, await openLog(files));
    expect(texts).toEqual(['before', 'after']);
    expect(damage).toEqual([]);
  });

  it('refuses when it is full, and takes again when segments were released', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files, { maxLogBytes: 3_000, segmentBytes: 700 });
    let end = 0;
    let taken = 0;
    for (let result = await append(log, 'x'.repeat(200)); result.status === 'durable'; taken++) {
      end = result.end;
      result = await append(log, 'x'.repeat(200));
    }
    expect(taken).toBeGreaterThan(8);
    expect(await append(log, 'x'.repeat(200))).toMatchObject({ status: 'refused', reason: 'full' });
    await log.release(end);
    expect(log.segments).toHaveLength(1);
    expect(await statusOf(log, 'x'.repeat(200))).toBe('durable');
  });

  it('refuses while too much waits for a slow disk', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files, { maxWaitingBytes: 1_000 });
    const { promise, resolve } = Promise.withResolvers<void>();
    files.beforeSync = () => promise;
    const waiting = [append(log, 'x'.repeat(500)), append(log, 'x'.repeat(400))];
    expect(await append(log, 'x'.repeat(500))).toMatchObject({ status: 'refused', reason: 'behind' });
    resolve();
    expect((await Promise.all(waiting)).map((one) => one.status)).toEqual(['durable', 'durable']);
  });

  it('gives no position twice, even if no segment is left', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files);
    const first = await append(log, 'a');
    const end = first.status === 'durable' ? first.end : 0;
    await log.close();
    await log.release(end);
    expect(log.segments).toEqual([]);
    const again = await openLog(files, {}, end);
    expect(await append(again, 'b')).toMatchObject({ status: 'durable', position: end + 36 });
  });

  it('reports what is not there any more, and loses nothing else for it', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files, { segmentBytes: 100 });
    for (const text of ['a', 'b', 'c', 'd']) await append(log, text.repeat(40));
    await log.close();
    const [, second, third] = log.segments;
    files.files.delete(second?.path ?? '');
    // Where the segment before ends, as far as the third one knew.
    files.files.get(third?.path ?? '')?.bytes.fill(0, 28, 36);
    const { texts, damage } = await readTexts(files, await openLog(files));
    expect(texts).toEqual(['a', 'c', 'd'].map((text) => text.repeat(40)));
    expect(damage.map(({ kind, bytes }) => [kind, bytes])).toEqual([
      ['missing', 104],
      ['damaged', 36],
    ]);
  });

  it('takes a record larger than a segment', async () => {
    const files = new MemoryFileSystem();
    const log = await openLog(files);
    const large = 'x'.repeat(20_000);
    for (const text of ['a', large, 'b']) await append(log, text);
    expect((await readTexts(files, log)).texts).toEqual(['a', large, 'b']);
  });
});
