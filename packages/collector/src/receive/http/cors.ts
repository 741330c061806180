import type { IncomingMessage, ServerResponse } from 'node:http';

/** Origins whose pages may send spans from a browser: `*`, or a list. None unless given. */
export type CorsOrigins = '*' | readonly string[];

const PREFLIGHT_SECONDS = 600;

/** Sets the headers a browser asks for, if the page's origin is allowed. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: CorsOrigins): void {
  const { origin } = request.headers;
  if (origin === undefined || (origins !== '*' && !origins.includes(origin))) return;
  response.setHeader('access-control-allow-origin', origins === '*' ? '*' : origin);
  response.setHeader('access-control-expose-headers', 'retry-after');
  response.setHeader('vary', 'origin');
}

export function answerPreflight(response: ServerResponse): void {
  if (response.hasHeader('access-control-allow-origin')) {
    response.setHeader('access-control-allow-methods', 'POST');
    response.setHeader('access-control-allow-headers', 'authorization, content-type, content-encoding');
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  }
  response.writeHead(204).end();
}
