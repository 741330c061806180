import { describe, expect, it } from 'vitest';
import { Places } from './places.ts';

const never = new AbortController().signal;

describe('Places', () => {
  it('lets so many in and the others wait in order', async () => {
    const places = new Places(2, 10);
    const order: number[] = [];
    const enter = async (n: number) => {
      const release = await places.take(never);
      order.push(n);
      return release;
    };
    const [first, second] = [await enter(1), await enter(2)];
    const [third, fourth] = [enter(3), enter(4)];
    expect(places.queued).toBe(2);
    second();
    (await third)();
    (await fourth)();
    first();
    expect(order).toEqual([1, 2, 3, 4]);
    expect(places.taken).toBe(0);
  });

  it('gives a place back once only', async () => {
    const places = new Places(1, 10);
    const release = await places.take(never);
    release();
    release();
    await places.take(never);
    expect(places.taken).toBe(1);
  });

  it('refuses when too many wait, and forgets who left', async () => {
    const places = new Places(1, 1);
    const release = await places.take(never);
    const leaving = new AbortController();
    const waiting = places.take(leaving.signal);
    await expect(places.take(never)).rejects.toThrow('Code: 202.');
    leaving.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    expect(places.queued).toBe(0);
    release();
    expect(places.taken).toBe(0);
  });
});
