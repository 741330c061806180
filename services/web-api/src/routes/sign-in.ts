import { Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { OidcSignIn } from '../auth/oidc-sign-in.ts';
import { returnPath } from '../auth/return-path.ts';
import { cookieOptions, sessionCookieName, startSession } from '../auth/session-cookie.ts';
import { ApiError } from '../errors/api-error.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { messagePage } from '../viewer/message-page.ts';
import type { RouteDeps } from './route-deps.ts';

const flowCookie = 'utxoiq_sign_in';
const flowLifetimeS = 600;

/** What a browser opens to sign in: the link that the platform prints, and the issuer's code flow. */
export const signInRoutes: RoutePlugin<RouteDeps> = async (app, { auth, config }) => {
  app.get(
    '/sign-in',
    {
      exposeHeadRoute: false, // What only looks whether a link is good must not use it up.
      schema: {
        hide: true,
        querystring: Type.Object({ code: Type.Optional(Type.String({ maxLength: 200 })) }),
      },
    },
    async (request, reply) => {
      // A browser that fetches ahead of its user (an address bar's preview) must not use the code up.
      if (
        /prefetch|prerender/.test(String(request.headers['sec-purpose'] ?? request.headers.purpose ?? ''))
      ) {
        return reply.code(503).send();
      }
      const principal = request.query.code === undefined ? null : auth.signInCodes.redeem(request.query.code);
      if (principal !== null) {
        await startSession(auth, request, reply, principal);
        return reply.redirect('/', 303);
      }
      if (await hasSession(request)) return reply.redirect('/', 303);
      reply.code(401).type('text/html; charset=utf-8');
      return messagePage(
        'This sign-in link does not work any more',
        'It is good for one use. For another way in, run "npm run -s token -- --role viewer" where the platform runs and paste the token on the start page.',
      );
    },
  );

  const hasSession = async (request: FastifyRequest): Promise<boolean> => {
    const cookie = request.cookies[sessionCookieName];
    return cookie !== undefined && (await auth.sessions.open(cookie)) !== null;
  };

  const { oidc } = config.auth;
  if (oidc === null || oidc.client === null || auth.oidc === null) return;
  const signIn = new OidcSignIn({ ...oidc, client: oidc.client }, auth.oidc);
  const callbackUrl = (request: FastifyRequest): string =>
    `${config.http.publicUrl ?? `${request.protocol}://${request.host}`}/sign-in/callback`;

  const querystring = Type.Object({ return_to: Type.Optional(Type.String()) });
  app.get('/sign-in/oidc', { schema: { hide: true, querystring } }, async (request, reply) => {
    const { url, flow } = await signIn.begin(callbackUrl(request));
    const remembered = { ...flow, returnTo: returnPath(request.query.return_to) };
    const sealed = await auth.sessions.sealValue(remembered, Math.floor(Date.now() / 1000) + flowLifetimeS);
    reply.setCookie(
      flowCookie,
      sealed,
      cookieOptions(auth, request, { maxAgeS: flowLifetimeS, path: '/sign-in' }),
    );
    return reply.redirect(url, 303);
  });

  app.get('/sign-in/callback', { exposeHeadRoute: false, schema: { hide: true } }, async (request, reply) => {
    const cookie = request.cookies[flowCookie];
    const flow = cookie === undefined ? null : await auth.sessions.openValue(cookie);
    reply.clearCookie(flowCookie, { path: '/sign-in' });
    if (flow === null) {
      throw new ApiError('UNAUTHENTICATED', 'the sign-in took too long or came from another browser', {
        next_step: 'Open /sign-in/oidc again.',
      });
    }
    const search = request.url.split('?', 2)[1] ?? '';
    const principal = await signIn.finish(new URL(`${callbackUrl(request)}?${search}`), flow);
    await startSession(auth, request, reply, principal);
    return reply.redirect(returnPath(flow.returnTo), 303);
  });
};
