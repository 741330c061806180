import type { FastifyInstance, HTTPMethods } from 'fastify';
import { ApiError } from '../errors/api-error.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;
/** Cloud Trace's routes answer for all methods themselves, as Google does. */
const googlePath = /^\/v[12]\//;

/**
 * 405 with `Allow` for a method that an address does not have (RFC 9110 section 15.5.6), and `Allow` alone for OPTIONS.
 * Begins to look at the routes now; the returned function, called after the last of them, adds the answers.
 */
export function watchMethods(app: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    if (googlePath.test(url)) return;
    const ofUrl = known.get(url) ?? new Set();
    for (const one of [method].flat()) ofUrl.add(one);
    known.set(url, ofUrl);
  });
  return () => {
    for (const [url, ofUrl] of [...known]) answerOthers(app, url, ofUrl);
  };
}

function answerOthers(app: FastifyInstance, url: string, known: ReadonlySet<string>): void {
  const others: HTTPMethods[] = methods.filter((method) => !known.has(method));
  const allow = [...known, 'OPTIONS'].sort().join(', ');
  app.route({
    method: others,
    url,
    schema: { hide: true },
    // Before a body is looked at: none would do.
    onRequest: async (request, reply) => {
      reply.header('allow', allow);
      if (request.method === 'OPTIONS') return reply.code(204).send();
      const path = request.url.split('?')[0];
      const next = { next_step: `Use ${allow}.` };
      throw new ApiError('METHOD_NOT_ALLOWED', `${path} has no ${request.method}`, next);
    },
    handler: async () => undefined,
  });
}
