import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalidArgument } from '../errors/api-error.ts';
import type { AuthService } from './auth-service.ts';
import type { Principal } from './principal.ts';
import type { Session } from './session-keeper.ts';

export const sessionCookieName = 'utxoiq_session';
/** Of its name and value: browsers drop longer ones without a word (RFC 6265 section 6.1, and all that exist). */
const maxCookieLength = 4096;

/**
 * Lax, not Strict, so that a trace's link opened from a chat finds its reader signed in; what changes anything
 * needs the CSRF token beside the cookie.
 */
export function cookieOptions(
  { hasSecureUrl }: AuthService,
  { protocol }: FastifyRequest,
  { maxAgeS, path = '/' }: { readonly maxAgeS: number; readonly path?: string },
): CookieSerializeOptions {
  const secure = hasSecureUrl || protocol === 'https';
  return { path, httpOnly: true, sameSite: 'lax', secure, maxAge: maxAgeS };
}

/** Starts a session in the caller's browser. */
export async function startSession(
  auth: AuthService,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
): Promise<Session> {
  const { cookie, session, maxAgeS } = await auth.sessions.seal(principal);
  if (sessionCookieName.length + cookie.length > maxCookieLength) {
    throw invalidArgument('token', `${principal.projects.length} projects`, 'fewer, or all', {
      next_step: `A session of so many is a cookie that no browser keeps. Use the token itself: "Authorization: Bearer".`,
    });
  }
  reply.setCookie(sessionCookieName, cookie, cookieOptions(auth, request, { maxAgeS }));
  return session;
}
