import { Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { identify, principalOf } from '../auth/request-auth.ts';
import { sessionCookieName, startSession } from '../auth/session-cookie.ts';
import { ApiError } from '../errors/api-error.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import type { RouteDeps } from './route-deps.ts';
import { problemResponses } from './schemas.ts';

const SessionSchema = Type.Object({
  subject: Type.String(),
  roles: Type.Array(Type.String()),
  projects: Type.Union([Type.Array(Type.String()), Type.Literal('all')]),
  csrf_token: Type.Union([Type.String(), Type.Null()], {
    description:
      'For the header x-csrf-token of everything but GET; null for a Bearer token, which needs none',
  }),
  available_projects: Type.Array(Type.String(), {
    description: 'Projects with data that the caller may read',
  }),
  expires_at: Type.String(),
});
const tags = ['session'];

/** Who is signed in; signing in with a token; signing out. */
export const sessionRoutes: RoutePlugin<RouteDeps> = async (app, deps) => {
  const { auth, config } = deps;
  const signedIn = (request: FastifyRequest): Promise<void> => identify(auth, request);

  app.get(
    '/session',
    {
      onRequest: signedIn,
      schema: { tags, summary: 'Who is signed in', response: { 200: SessionSchema, ...problemResponses } },
    },
    (request) => sessionJson(request, deps),
  );

  app.get(
    '/session/config',
    {
      schema: {
        tags,
        security: [],
        summary: 'How one can sign in here',
        response: {
          200: Type.Object({
            oidc: Type.Union([
              Type.Null(),
              Type.Object({ issuer: Type.String(), sign_in_url: Type.String() }),
            ]),
          }),
        },
      },
    },
    async () => {
      const { oidc } = config.auth;
      return {
        oidc:
          oidc === null || oidc.client === null
            ? null
            : { issuer: oidc.issuer, sign_in_url: '/sign-in/oidc' },
      };
    },
  );

  app.post(
    '/session',
    {
      schema: {
        tags,
        security: [],
        summary: 'Sign in with a token: answers with a session cookie',
        body: Type.Object(
          { token: Type.String({ minLength: 1, maxLength: 16_384 }) },
          { additionalProperties: false },
        ),
        response: { 201: SessionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      request.principal = await auth.verifier.verify(request.body.token).catch((cause: unknown) => {
        if (cause instanceof ApiError) throw cause;
        throw new ApiError(
          'UNAUTHENTICATED',
          'the token is not valid',
          {},
          {
            cause,
            headers: { 'www-authenticate': 'Bearer realm="utxoiq", error="invalid_token"' },
          },
        );
      });
      request.session = await startSession(auth, request, reply, request.principal);
      reply.code(201);
      return sessionJson(request, deps);
    },
  );

  app.delete(
    '/session',
    {
      onRequest: signedIn,
      schema: { tags, summary: 'Sign out', response: { 204: Type.Null(), ...problemResponses } },
    },
    async (request, reply) => {
      if (request.session !== null) auth.sessions.end(request.session);
      reply.clearCookie(sessionCookieName, { path: '/' });
      return reply.code(204).send(null);
    },
  );
};

async function sessionJson(request: FastifyRequest, { auth, source }: RouteDeps) {
  const principal = principalOf(request);
  const { projects } = principal;
  const stored = await source.projects();
  return {
    subject: principal.subject,
    roles: [...principal.roles],
    projects: projects === 'all' ? ('all' as const) : [...projects],
    csrf_token: request.session === null ? null : auth.sessions.csrfToken(request.session),
    available_projects: stored.filter((project) => projects === 'all' || projects.includes(project)),
    expires_at: new Date(principal.expiresAt * 1000).toISOString(),
  };
}
