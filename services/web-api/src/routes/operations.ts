import type { FastifyPluginAsync } from 'fastify';
import { identify, principalOf } from '../auth/request-auth.ts';
import { ApiError } from '../errors/api-error.ts';
import { isLoopback } from '../http/loopback.ts';
import { answersInTime } from '../observe/answers-in-time.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RouteDeps } from './route-deps.ts';

export interface OperationsDeps extends RouteDeps {
  readonly metrics: Metrics;
  /** True from the moment that stopping began: load balancers then send no more. */
  readonly isStopping: () => boolean;
}

/** What machines ask: alive, ready, metrics. */
export const operationsRoutes: FastifyPluginAsync<OperationsDeps> = async (app, deps) => {
  const { auth, config, metrics, source } = deps;
  const hidden = { schema: { hide: true } };

  app.get('/healthz', hidden, async () => ({ status: 'ok' }));

  app.get('/readyz', hidden, async (_request, reply) => {
    if (deps.isStopping()) return reply.code(503).send({ status: 'stopping' });
    return (await answersInTime(() => source.ping()))
      ? { status: 'ready' }
      : reply.code(503).send({ status: 'the source of traces does not answer' });
  });

  app.get(
    '/metrics',
    {
      ...hidden,
      onRequest: async (request) => {
        if (isLoopback(config.host)) return;
        await identify(auth, request);
        // Among them are the names of everybody's alert rules.
        if (principalOf(request).projects === 'all') return;
        throw new ApiError('FORBIDDEN', 'metrics are of all projects, and the token is not');
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
};
