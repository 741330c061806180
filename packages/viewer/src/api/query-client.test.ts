import { onlineManager } from '@tanstack/react-query';
import { afterEach, expect, it } from 'vitest';
import { createQueryClient } from './query-client.ts';

afterEach(() => onlineManager.setOnline(true));

it('asks the platform on this machine while the browser says that it is offline', async () => {
  onlineManager.setOnline(false);
  const client = createQueryClient();
  const answer = client.fetchQuery({ queryKey: ['one'], queryFn: () => 'answer' });
  expect(client.getQueryState(['one'])?.fetchStatus).toBe('fetching');
  expect(await answer).toBe('answer');
  client.clear();
});
