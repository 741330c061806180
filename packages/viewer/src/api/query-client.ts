import { onlineManager, QueryClient } from '@tanstack/react-query';
import { ApiError, isCutOff, whenSessionEnds } from './client.ts';
import { type Reachability, reachability } from './reachability.ts';

/** What the server refused stays refused; only silence and overload are worth asking again. */
function shouldRetry(failures: number, error: Error): boolean {
  if (failures >= 2) return false;
  if (isCutOff(error)) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 502);
}

export function createQueryClient(platform: Reachability = reachability): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        retry: shouldRetry,
        staleTime: 30_000,
        gcTime: 300_000,
        refetchOnWindowFocus: false,
      },
      // What somebody saves fails at once and says so: nothing is sent behind their back later.
      mutations: { networkMode: 'always' },
    },
  });
  // While the platform is silent questions wait, and what was read before stays on the page; then they are asked.
  onlineManager.setEventListener((setOnline) =>
    platform.subscribe(() => setOnline(platform.silentSinceMs === null)),
  );
  // An expired session shows the sign-in in place of the page, whoever noticed it.
  whenSessionEnds(() => {
    if (client.getQueryData(['session']) !== null) client.setQueryData(['session'], null);
  });
  return client;
}
