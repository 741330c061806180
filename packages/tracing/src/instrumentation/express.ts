import type { IncomingMessage, ServerResponse } from 'node:http';
import { runInContext } from '../context/run-in-context.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { endWithResponse, serverSpanOf } from './end-of-response.ts';
import { recordHttpError } from './http-attributes.ts';
import type { Client } from './http-server-span.ts';
import { writeTraceHeaders } from './node-http-server.ts';
import { type ServerSpan, startServerSpan } from './server-span.ts';

type Next = (error?: unknown) => void;
/** A middleware of Express, Connect and whatever takes theirs. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;
/** An error handler of Express: four parameters tell it from others. */
export type ErrorMiddleware = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
) => void;

/** Traces requests that pass it; first in line. The route's name is read when the response is sent. */
export function expressMiddleware(core: TracingCore): Middleware {
  return (request, response, next) => {
    if (!core.running || serverSpanOf(response) !== undefined) return next();
    const span = begin(core, request, response);
    if (span === null) next();
    else runInContext(span, next, undefined);
  };
}

/** Null where host code, such as a `trust proxy` function, threw. */
function begin(core: TracingCore, request: IncomingMessage, response: ServerResponse): ServerSpan | null {
  try {
    // Express knows the client behind trusted proxies; Connect knows the peer.
    const client = 'ip' in request ? (request as Client) : request.socket;
    const span = startServerSpan(core, request, client, undefined);
    endWithResponse(response, span);
    writeTraceHeaders(response, span);
    return span;
  } catch (error) {
    core.onError('tracing an incoming request', error);
    return null;
  }
}

/** Records what handlers threw, and passes it on; last in line, before error handlers of your own. */
export function expressErrorMiddleware(): ErrorMiddleware {
  return (error, _request, response, next) => {
    const span = serverSpanOf(response);
    if (span instanceof RecordingSpan) recordHttpError(span, error);
    next(error);
  };
}
