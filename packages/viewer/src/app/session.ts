import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, getJson, request, setCsrfToken } from '../api/client.ts';
import type { SessionConfig, SessionInfo } from '../api/types.ts';
import { forgetDrafts } from './drafts.ts';

/** `null`: nobody is signed in. */
async function loadSession(signal: AbortSignal): Promise<SessionInfo | null> {
  try {
    const session = await getJson<SessionInfo>('/session', undefined, signal);
    setCsrfToken(session.csrf_token ?? null);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => loadSession(signal),
    staleTime: 60_000,
    // Who signed in again in another tab need not do it here too.
    refetchOnWindowFocus: ({ state }) => (state.data === null ? 'always' : false),
  });
}

export function useSessionConfig() {
  return useQuery({
    queryKey: ['session-config'],
    queryFn: ({ signal }) => getJson<SessionConfig>('/session/config', undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useSignIn(): { signIn: (token: string) => Promise<void>; signOut: () => Promise<void> } {
  const client = useQueryClient();
  return {
    signIn: async (token) => {
      await request('/session', { method: 'POST', body: { token: token.trim() } });
      await client.resetQueries();
    },
    signOut: async () => {
      await request('/session', { method: 'DELETE' });
      setCsrfToken(null);
      forgetDrafts();
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      await client.resetQueries({ queryKey: ['session'] });
    },
  };
}
