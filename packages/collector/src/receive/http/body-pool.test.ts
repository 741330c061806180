import { describe, expect, it } from 'vitest';
import { BodyPool } from './body-pool.ts';

describe('BodyPool', () => {
  it('gives the memory of an answered body to the next one that fits into it', () => {
    const pool = new BodyPool();
    const first = pool.take(100_000);
    expect(first.bytes.length).toBe(100_000);
    first.release();
    expect(pool.take(300_000).bytes.buffer).not.toBe(first.bytes.buffer);
    expect(pool.take(120_000).bytes.buffer).toBe(first.bytes.buffer);
  });

  it('never gives memory to two bodies at once', () => {
    const pool = new BodyPool();
    const first = pool.take(100_000);
    first.release();
    first.release();
    expect(pool.take(100_000).bytes.buffer).not.toBe(pool.take(100_000).bytes.buffer);
  });
});
