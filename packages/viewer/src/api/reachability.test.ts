import { expect, it } from 'vitest';
import { Reachability } from './reachability.ts';

/** A platform that answers or not, and waits that pass when they are told to. */
function platform() {
  const waits: { run: () => void; ms: number }[] = [];
  const state = { answers: true, nowMs: 100 };
  const reachability = new Reachability({
    probe: () => (state.answers ? Promise.resolve(true) : Promise.reject(new Error('refused'))),
    nowMs: () => state.nowMs,
    wait: (run, ms) => waits.push({ run, ms }),
  });
  const heard: (number | null)[] = [];
  reachability.subscribe(() => heard.push(reachability.silentSinceMs));
  const passWait = async () => {
    waits.shift()?.run();
    await new Promise(setImmediate);
  };
  return { state, reachability, waits, heard, passWait };
}

it('believes a silence only when it lasts, and asks until it ends', async () => {
  const { state, reachability, waits, heard, passWait } = platform();
  reachability.noteSilence();
  reachability.noteSilence();
  expect(waits.map(({ ms }) => ms)).toEqual([1000]);
  await passWait();
  expect([heard, waits.length]).toEqual([[], 0]);

  Object.assign(state, { answers: false, nowMs: 200 });
  reachability.noteSilence();
  await passWait();
  state.nowMs = 300;
  await passWait();
  expect(heard).toEqual([200]);
  expect(waits.map(({ ms }) => ms)).toEqual([3000]);
  state.answers = true;
  await passWait();
  expect([heard, waits.length]).toEqual([[200, null], 0]);
});
