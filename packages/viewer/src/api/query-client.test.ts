import { onlineManager } from '@tanstack/react-query';
import { afterEach, expect, it, vi } from 'vitest';
import { createQueryClient } from './query-client.ts';
import { Reachability } from './reachability.ts';

afterEach(() => {
  onlineManager.setOnline(true);
  vi.unstubAllGlobals();
});

it('asks the platform on this machine while the browser says that it is offline', async () => {
  vi.stubGlobal('window', new EventTarget());
  const client = createQueryClient();
  const unsubscribe = onlineManager.subscribe(() => {});
  window.dispatchEvent(new Event('offline'));
  const answer = client.fetchQuery({ queryKey: ['one'], queryFn: () => 'answer' });
  expect(client.getQueryState(['one'])?.fetchStatus).toBe('fetching');
  expect(await answer).toBe('answer');
  unsubscribe();
  client.clear();
});

it('lets questions wait while the platform is silent, and asks them once it answers', async () => {
  let answers = false;
  const waits: (() => void)[] = [];
  const pass = async () => {
    waits.shift()?.();
    await new Promise(setImmediate);
  };
  const reachability = new Reachability({
    probe: () => Promise.resolve(answers),
    wait: (run) => waits.push(run),
  });
  const client = createQueryClient(reachability);
  reachability.noteSilence();
  await pass();
  const answer = client.fetchQuery({ queryKey: ['one'], queryFn: () => 'answer' });
  expect(client.getQueryState(['one'])?.fetchStatus).toBe('paused');
  const stop = client.getQueryCache().subscribe(() => {});
  client.mount();
  answers = true;
  await pass();
  expect(await answer).toBe('answer');
  stop();
  client.unmount();
  client.clear();
});
