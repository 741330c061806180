import { expect, it } from 'vitest';
import { answersInTime } from './answers-in-time.ts';

it('says that an engine answers, fails, or hangs', async () => {
  expect(await answersInTime(() => Promise.resolve())).toBe(true);
  expect(await answersInTime(() => Promise.reject(new Error('down')))).toBe(false);
  expect(await answersInTime(() => new Promise(() => undefined), { afterMs: 1 })).toBe(false);
});
