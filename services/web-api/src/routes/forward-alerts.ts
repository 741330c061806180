import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.ts';
import type { RouteDeps } from './route-deps.ts';

/** Against two that send each other what neither can answer. */
const marker = 'x-utxoiq-forwarded';
const passedOn = ['authorization', 'cookie', 'x-csrf-token'] as const;
const TIMEOUT_MS = 15_000;

/**
 * A `preHandler` hook: where another process evaluates, it answers. The caller's own credentials go along, so that it
 * decides as it would have decided anyway.
 */
export function forwardAlerts({ alerts, config }: RouteDeps) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { url } = config.alerts;
    if (alerts !== undefined || url === undefined || request.headers[marker] !== undefined) return undefined;
    const answer = await ask(url + request.url, request);
    for (const name of ['content-type', 'location', 'retry-after']) {
      const value = answer.headers.get(name);
      if (value !== null) reply.header(name, value);
    }
    return reply.code(answer.status).send(Buffer.from(await answer.arrayBuffer()));
  };
}

async function ask(url: string, { method, headers, body }: FastifyRequest): Promise<Response> {
  const sent = new Headers({ [marker]: '1' });
  for (const name of passedOn) {
    const value = headers[name];
    if (typeof value === 'string') sent.set(name, value);
  }
  if (body !== undefined && body !== null) sent.set('content-type', 'application/json');
  try {
    return await fetch(url, {
      method,
      headers: sent,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined || body === null ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    const options = { cause, headers: { 'retry-after': '5' } };
    throw new ApiError('UNAVAILABLE', 'the process that evaluates alerts does not answer', {}, options);
  }
}
