import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { activeContext } from '../context/context-manager.ts';
import { CLOUD_TRACE_HEADER } from '../propagation/cloud-trace-context.ts';
import { CORRELATION_ID_HEADER } from '../propagation/propagator.ts';
import type { TracingCore } from '../tracing-core.ts';
import { endWithResponse, serverSpanOf } from './end-of-response.ts';
import { nameFastifyRoutes } from './fastify.ts';
import { responseTraceHeader, type ServerSpan, startServerSpan } from './server-span.ts';

/** Options of `instrumentHttp`. */
export interface HttpServerOptions {
  /** Requests that get no span: health checks, say. What it throws is reported once and counts as false. */
  readonly ignore?: (request: IncomingMessage) => boolean;
  /**
   * Write `X-Cloud-Trace-Context` and `X-Correlation-ID` into each response; false. It makes Node take its slower
   * way through `writeHead`, about 2 us, so it is asked for. Fastify and Express write them always.
   */
  readonly responseHeaders?: boolean;
}

/**
 * Traces every request of every `node:http` and `node:https` server of the process, whatever framework runs on
 * it. Node publishes each request right before it emits it: the context entered there lasts for the handlers,
 * and nothing is patched. Frameworks on Express's router, and Fastify instances made afterwards, get their route names
 * as well.
 */
export function instrumentNodeHttpServer(core: TracingCore, options: HttpServerOptions = {}): () => void {
  const onStart = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    try {
      if (!core.running || serverSpanOf(response) !== undefined) return;
      if (options.ignore?.(request) !== true) begin(core, request, response, options);
    } catch (error) {
      core.onError('tracing an incoming request', error);
    }
  };
  subscribe('http.server.request.start', onStart);
  const stopNaming = nameFastifyRoutes(core);
  return () => {
    unsubscribe('http.server.request.start', onStart);
    stopNaming();
  };
}

function begin(
  core: TracingCore,
  request: IncomingMessage,
  response: ServerResponse,
  { responseHeaders = false }: HttpServerOptions,
): void {
  const span = startServerSpan(core, request, request.socket, undefined);
  endWithResponse(response, span);
  if (responseHeaders) writeTraceHeaders(response, span);
  activeContext.enterWith(span);
}

export function writeTraceHeaders(response: ServerResponse, span: ServerSpan): void {
  if (response.headersSent) return;
  response.setHeader(CLOUD_TRACE_HEADER, responseTraceHeader(span));
  response.setHeader(CORRELATION_ID_HEADER, span.correlationId);
}
