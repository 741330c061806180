import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendResult, Transport } from '../src/export/send-result.ts';
import { TracingService } from '../src/index.ts';
import { SpillDirectory } from '../src/spill/spill-directory.ts';
import { batchOfSpill, spillBytes } from '../src/spill/spill-file.ts';
import { decodeSpans } from './decode-otlp.ts';

const root = mkdtempSync(join(tmpdir(), 'spill-'));
afterAll(() => rmSync(root, { recursive: true }));
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(root, 'run-'));
});
const files = () =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.otlp'));

/** Away until `here`; then it keeps the names of spans in the order they come. */
class Collector implements Transport {
  readonly endpoint = 'memory:';
  readonly names: string[] = [];
  here = false;

  async send(body: Buffer): Promise<SendResult> {
    if (!this.here) return { status: 'retry', afterMs: 5, reason: 'away' };
    this.names.push(...decodeSpans(body).map(({ name }) => String(name)));
    return { status: 'ok', rejectedSpans: 0, message: '' };
  }

  close(): void {
    // Nothing is open.
  }
}

async function service(transport: Transport, options = {}) {
  const problems: string[] = [];
  const tracing = new TracingService(
    {
      transport,
      spillDir: directory,
      flushOnExit: false,
      flushIntervalMs: 60_000,
      stopTimeoutMs: 60,
      maxInFlight: 1,
      onProblem: ({ code, message }) => problems.push(`${code} ${message}`),
      ...options,
    },
    {},
  );
  await tracing.start();
  const make = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      tracing.getTracer('test').startSpan(`span ${i}`).end();
      void tracing.flush(1);
    }
  };
  return { tracing, make, problems };
}
const namesTo = (count: number) => Array.from({ length: count }, (_, i) => `span ${i}`);

describe('spilling to disk', () => {
  it('nothing touches the disk while the collector answers', async () => {
    const collector = new Collector();
    collector.here = true;
    const { tracing, make } = await service(collector);
    make(0, 10);
    await tracing.stop();
    expect(collector.names).toEqual(namesTo(10));
    expect(readdirSync(directory)).toEqual([]);
    expect(tracing.metrics().spansSpilled).toBe(0);
  });

  it('keeps spans on disk while the collector is away, and sends them in order when it is back', async () => {
    const collector = new Collector();
    const { tracing, make } = await service(collector, { stopTimeoutMs: 5000 });
    make(0, 5);
    await expect.poll(() => files().length).toBe(5);
    make(5, 20);
    expect(files()).toHaveLength(20);
    collector.here = true;
    await tracing.stop();
    expect(collector.names).toEqual(namesTo(20));
    expect(files()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
    expect(tracing.metrics()).toMatchObject({ spansSpilled: 20, spansExported: 20, queuedBytes: 0 });
  });

  it('what is left at stop goes out with the next start, before what is new', async () => {
    const { tracing, make } = await service(new Collector());
    make(0, 10);
    await tracing.stop();
    expect(tracing.metrics()).toMatchObject({ spansDroppedUnreachable: 0, spansSpilled: 10 });
    const collector = new Collector();
    collector.here = true;
    const next = await service(collector);
    next.make(10, 12);
    await next.tracing.stop();
    expect(collector.names).toEqual(namesTo(12));
    expect(readdirSync(directory)).toEqual([]);
  });

  it('a request that hangs at stop is on disk when stop returns', async () => {
    const hanging = new Collector();
    hanging.send = (_body: Buffer, signal?: AbortSignal) =>
      new Promise((resolve) =>
        signal?.addEventListener('abort', () =>
          resolve({ status: 'retry', afterMs: null, reason: 'given up' }),
        ),
      );
    const { tracing, make } = await service(hanging);
    make(0, 3);
    await tracing.stop();
    expect(files()).toHaveLength(3);
    const collector = new Collector();
    collector.here = true;
    await (await service(collector)).tracing.stop();
    expect(collector.names).toEqual(namesTo(3));
    expect(tracing.metrics()).toMatchObject({ spansSpilled: 3, spansDroppedUnreachable: 0 });
  });

  it('is bounded: beyond it memory takes over, then the newest are dropped and counted', async () => {
    const { tracing, make } = await service(new Collector(), { maxSpillBytes: 3000, maxQueueBytes: 3000 });
    make(0, 3);
    await expect.poll(() => files().length).toBe(3);
    make(3, 100);
    const { spansSpilled, spansDroppedQueueFull } = tracing.metrics();
    expect(spansSpilled).toBeLessThan(12);
    expect(spansDroppedQueueFull).toBeGreaterThan(50);
    await tracing.stop();
    const { spansDroppedUnreachable } = tracing.metrics();
    expect(spansSpilled + spansDroppedQueueFull + spansDroppedUnreachable).toBe(100);
  });

  it('a full memory overflows to disk', async () => {
    const collector = new Collector();
    const { tracing, make } = await service(collector, { maxQueueBytes: 1000, stopTimeoutMs: 5000 });
    make(0, 50);
    expect(files().length).toBeGreaterThan(30);
    collector.here = true;
    await tracing.stop();
    expect(collector.names).toEqual(namesTo(50));
  });

  it('goes on in memory where the directory cannot be used, and says so once', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const collector = new Collector();
    const { tracing, make, problems } = await service(collector, {
      spillDir: join(file, 'x'),
      stopTimeoutMs: 5000,
    });
    make(0, 5);
    await expect.poll(() => problems.length).toBe(2);
    collector.here = true;
    await tracing.stop();
    expect(collector.names).toEqual(namesTo(5));
    expect(problems.join()).toContain('spilling spans to disk');
  });
});

describe('the spill directory', () => {
  const batch = (text: string) => ({ body: Buffer.from(text), spanCount: 1 });
  const open = (maxBytes = 1e6) => {
    const errors: string[] = [];
    const store = SpillDirectory.open({ directory, maxBytes, onError: (what) => errors.push(what) });
    return { store, errors };
  };
  const drain = (store: SpillDirectory) => {
    const bodies: string[] = [];
    for (let taken = store.take(); taken !== null; taken = store.take()) {
      bodies.push(taken.body.toString());
      taken.release();
    }
    return bodies;
  };

  it('is first in, first out, with a place before the first', () => {
    const { store } = open();
    for (const text of ['b', 'c']) store.offer(batch(text));
    store.offerFirst(batch('a'));
    store.offer(batch('d'));
    expect(drain(store)).toEqual(['a', 'b', 'c', 'd']);
    expect(store.storedBytes).toBe(0);
    store.close();
  });

  it('takes over from processes that are gone, not from those that live, and keeps the order', () => {
    const left = (pid: number, time: string, text: string) => {
      const name = join(directory, `${time}-${pid}-${hostname()}`);
      mkdirSync(name);
      writeFileSync(join(name, '500000000001.otlp'), spillBytes(batch(text)));
    };
    left(4_000_000, '00000000002', 'second');
    left(4_000_001, '00000000001', 'first');
    left(process.ppid, '00000000000', 'of the living');
    const { store } = open();
    const sibling = open().store;
    expect(drain(store)).toEqual(['first', 'second']);
    expect(drain(sibling)).toEqual([]);
    expect(files()).toHaveLength(1);
    store.close();
    sibling.close();
  });

  it('drops what was cut short or changed, and goes on', () => {
    const { store, errors } = open();
    for (const text of ['one', 'two', 'three']) store.offer(batch(text));
    const [first = '', second = ''] = files().map((name) => join(directory, name));
    writeFileSync(first, readFileSync(first).subarray(0, 9));
    writeFileSync(second, Buffer.concat([readFileSync(second), Buffer.from('!')]));
    expect(drain(store)).toEqual(['three']);
    expect(errors).toHaveLength(2);
    expect(files()).toEqual([]);
    store.close();
  });

  it('reads any bytes without throwing', () => {
    for (let i = 0; i < 200; i++) batchOfSpill(Buffer.from(crypto.getRandomValues(new Uint8Array(i % 50))));
  });
});
