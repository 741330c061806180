import { QueryClient } from '@tanstack/react-query';
import { ApiError, isCutOff } from './client.ts';

/** What the server refused stays refused; only silence and overload are worth asking again. */
function shouldRetry(failures: number, error: Error): boolean {
  if (failures >= 2) return false;
  if (isCutOff(error)) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 502);
}

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        retry: shouldRetry,
        staleTime: 30_000,
        gcTime: 300_000,
        refetchOnWindowFocus: false,
        // A laptop without a network still reaches the platform on itself; by default questions wait in silence.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  client.getQueryCache().subscribe(({ query, type }) => {
    // An expired session shows the sign-in in place of the page, whoever noticed it.
    if (type !== 'updated' || query.queryKey[0] === 'session') return;
    const { error } = query.state;
    if (error instanceof ApiError && error.status === 401) {
      if (client.getQueryData(['session']) !== null) client.setQueryData(['session'], null);
    }
  });
  return client;
}
