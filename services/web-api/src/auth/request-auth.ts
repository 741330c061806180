import type { Projects } from '@utxoiq/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.ts';
import type { AuthService } from './auth-service.ts';
import { mayAct, narrowProjects, type Principal, type Role } from './principal.ts';
import { sessionCookieName } from './session-cookie.ts';
import type { Session } from './session-keeper.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by {@link requireRole}. */
    principal: Principal | null;
    /** Set when the caller came with a session cookie. */
    session: Session | null;
  }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('principal', null);
  app.decorateRequest('session', null);
}

/** An `onRequest` hook: a caller with the role, by Bearer token or session cookie, else 401 or 403. */
export function requireRole(
  auth: AuthService,
  role: Role,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request) => {
    await identify(auth, request);
    if (request.principal !== null && mayAct(request.principal, role)) return;
    throw new ApiError('FORBIDDEN', `the role ${role} is needed`);
  };
}

/** Sets the request's principal; throws 401 when nobody is signed in and 403 for a session without CSRF token. */
export async function identify(auth: AuthService, request: FastifyRequest): Promise<void> {
  const header = request.headers.authorization;
  if (header !== undefined) {
    request.principal = await fromBearer(auth, header);
    return;
  }
  const cookie = request.cookies[sessionCookieName];
  const session = cookie === undefined ? null : await auth.sessions.open(cookie);
  if (session === null)
    throw unauthenticated('Bearer realm="utxoiq"', 'a Bearer token or a session is needed');
  if (
    !safeMethods.has(request.method) &&
    !auth.sessions.isCsrfToken(session, request.headers['x-csrf-token'])
  ) {
    throw new ApiError('FORBIDDEN', 'the header x-csrf-token is missing or wrong', {
      next_step: 'Send csrf_token of GET /api/v1/session as the header x-csrf-token.',
    });
  }
  request.session = session;
  request.principal = session.principal;
}

async function fromBearer(auth: AuthService, header: string): Promise<Principal> {
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(header)?.[1];
  const challenge = 'Bearer realm="utxoiq", error="invalid_token"';
  if (token === undefined) throw unauthenticated(challenge, 'the token is not valid');
  try {
    return await auth.verifier.verify(token);
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw unauthenticated(challenge, 'the token is not valid', cause);
  }
}

function unauthenticated(challenge: string, message: string, cause?: unknown): ApiError {
  return new ApiError('UNAUTHENTICATED', message, {}, { cause, headers: { 'www-authenticate': challenge } });
}

/** Who asks; only for routes behind {@link requireRole}. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new ApiError('UNAUTHENTICATED', 'a token is needed');
  return request.principal;
}

/** The projects to read: those asked for by `project`, else all that the caller may read. */
export function projectsOf(request: FastifyRequest, asked: readonly string[] = []): Projects {
  const projects = narrowProjects(principalOf(request).projects, asked);
  if (projects !== null) return projects;
  throw new ApiError('FORBIDDEN', 'the token does not cover the project', { field: 'project' });
}
