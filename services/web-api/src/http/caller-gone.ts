import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** nginx's number for it: the caller went away before the answer. Nobody sees it but the log and the metrics. */
const CALLER_GONE_STATUS = 499;

/**
 * Aborts when the caller goes away before the answer is sent. Not `request.signal`: that follows the request's
 * stream, which closes as soon as a body has been read.
 */
export function callerGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  raw.once('close', () => {
    if (!raw.writableEnded) gone.abort();
  });
  return gone.signal;
}

/** Whether the answer can no longer reach anybody. */
function isCallerGone(reply: FastifyReply): boolean {
  return reply.raw.destroyed && !reply.raw.writableEnded;
}

type Listener = (request: FastifyRequest, reply: FastifyReply, status: number) => void;

/** Calls back once per request: when its answer is sent, or (499) when the caller went away before. */
export function onAnswered(app: FastifyInstance, listener: Listener): void {
  app.addHook('onResponse', async (request, reply) => listener(request, reply, reply.statusCode));
  // Fastify's hook is for answers that were sent to their end.
  app.addHook('onRequest', async (request, reply) => {
    let isSent = false;
    reply.raw.once('finish', () => {
      isSent = true;
    });
    reply.raw.once('close', () => {
      if (!isSent) listener(request, reply, CALLER_GONE_STATUS);
    });
  });
}

/** Logs what failed for a reason of ours; a query that ended because nobody waits any more is no failure. */
export function logFailure(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  if (isCallerGone(reply)) request.log.debug({ err: error }, 'the caller went away');
  else request.log.error({ err: error }, 'request failed');
}
