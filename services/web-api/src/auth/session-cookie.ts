import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthService } from './auth-service.ts';
import type { Principal } from './principal.ts';
import type { Session } from './session-keeper.ts';

export const sessionCookieName = 'utxoiq_session';

/**
 * Lax, not Strict, so that a trace's link opened from a chat finds its reader signed in; what changes anything
 * needs the CSRF token beside the cookie.
 */
export function cookieOptions(request: FastifyRequest, maxAgeS: number, path = '/'): CookieSerializeOptions {
  return { path, httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https', maxAge: maxAgeS };
}

/** Starts a session in the caller's browser. */
export async function startSession(
  auth: AuthService,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
): Promise<Session> {
  const { cookie, session, maxAgeS } = await auth.sessions.seal(principal);
  reply.setCookie(sessionCookieName, cookie, cookieOptions(request, maxAgeS));
  return session;
}
