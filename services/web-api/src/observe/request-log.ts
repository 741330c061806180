import type { FastifyInstance } from 'fastify';
import { onAnswered } from '../http/caller-gone.ts';

const quiet = /^\/(?:healthz|readyz|metrics|assets\/)/;

/** One line per answered request, in Cloud Logging's `httpRequest` form. */
export function logRequests(app: FastifyInstance): void {
  onAnswered(app, (request, reply, status) => {
    const level = quiet.test(request.url) ? 'debug' : status >= 500 ? 'error' : 'info';
    request.log[level](
      {
        httpRequest: {
          requestMethod: request.method,
          // The sign-in link's code is as good as a password until it is used.
          requestUrl: request.url.replace(/([?&]code=)[^&]*/, '$1...'),
          status,
          latency: `${(reply.elapsedTime / 1000).toFixed(6)}s`,
          userAgent: request.headers['user-agent'],
          remoteIp: request.ip,
        },
        correlation_id: reply.getHeader('x-correlation-id') ?? reply.raw.getHeader('x-correlation-id'),
      },
      `${request.method} ${request.url.split('?')[0]} ${status}`,
    );
  });
}
