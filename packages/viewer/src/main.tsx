import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, isCutOff } from './api/client.ts';
import { router } from './app/router.tsx';
import { applyTheme } from './app/theme.ts';
import './design/tokens.css';
import './design/base.css';
import './design/controls.css';

applyTheme();

/** What the server refused stays refused; only silence and overload are worth asking again. */
function shouldRetry(failures: number, error: Error): boolean {
  if (failures >= 2) return false;
  if (isCutOff(error)) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 502);
}

const client = new QueryClient({
  defaultOptions: {
    queries: { retry: shouldRetry, staleTime: 30_000, gcTime: 300_000, refetchOnWindowFocus: false },
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

const container = document.getElementById('root');
if (container !== null) {
  createRoot(container).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
