import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

const callersTrace = /^([0-9a-f]{32})(?:[/;]|$)/i;
const printable = /^[\x21-\x7e]{1,200}$/;

/**
 * `X-Cloud-Trace-Context` and `X-Correlation-ID` on every response, also of routes that are not traced (files, health
 * checks, Cloud Trace's own, what does not exist): the caller's, or new ones. Traced routes set their span's over
 * these.
 */
export function identifyResponses(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers }, { raw }) => setResponseIds(headers, raw));
}

export function setResponseIds(headers: IncomingHttpHeaders, raw: ServerResponse): void {
  const [, traceId = randomBytes(16).toString('hex')] =
    callersTrace.exec(String(headers['x-cloud-trace-context'] ?? '')) ?? [];
  const correlationId = String(headers['x-correlation-id'] ?? '');
  raw.setHeader('x-cloud-trace-context', `${traceId.toLowerCase()}/0;o=0`);
  raw.setHeader('x-correlation-id', printable.test(correlationId) ? correlationId : traceId);
}
