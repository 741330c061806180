import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { cloudTraceHeader } from '../propagation/cloud-trace-context.ts';
import { CORRELATION_ID_HEADER } from '../propagation/propagator.ts';
import { PropagatedSpan } from '../tracer/propagated-span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { acceptedCorrelationId, markFailure } from './http-attributes.ts';
import { type Client, HttpServerSpan } from './http-server-span.ts';
import { type RouteTemplate, routeTemplate } from './route-template.ts';

export type ServerSpan = HttpServerSpan | PropagatedSpan;

/** A request that did not come through `node:http`: a fetch `Request`, say. */
export interface FetchedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly secure: boolean;
}

/** Begins the span of an incoming request as the child of whatever span its headers name. */
export function startServerSpan(
  core: TracingCore,
  message: IncomingMessage | FetchedRequest,
  client: Client,
  route: string | undefined,
): ServerSpan {
  const { headers } = message;
  const parent = core.propagator.readHeaders(ROOT_CONTEXT, headers);
  const span = core.httpTracer.beginServer(templateOf(message, route, client), parent, message, client);
  span.setCorrelationId(acceptedCorrelationId(headers[CORRELATION_ID_HEADER]) ?? span.traceId);
  return span;
}

/** Names the span after a route that was not known when it began. */
export function setServerRoute(
  span: ServerSpan,
  message: IncomingMessage,
  route: string,
  client: Client = {},
): void {
  if (span instanceof HttpServerSpan) span.setRoute(templateOf(message, route, client));
}

/** A framework knows of trusted proxies what the socket did not. */
export function setClientAddress(span: ServerSpan, address: unknown): void {
  if (span instanceof HttpServerSpan && typeof address === 'string') span.setClientAddress(address);
}

function templateOf(
  message: IncomingMessage | FetchedRequest,
  route: string | undefined,
  client: Client,
): RouteTemplate {
  return routeTemplate(message.method ?? 'GET', route, isSecure(message, client));
}

function isSecure(message: IncomingMessage | FetchedRequest, client: Client): boolean {
  if ('secure' in message) return message.secure; // Express's, which knows of trusted proxies, too.
  if (message.headers['x-forwarded-proto'] !== undefined && client.protocol !== undefined) {
    return client.protocol === 'https';
  }
  return 'encrypted' in message.socket;
}

export function endServerSpan(span: ServerSpan, statusCode: number): void {
  if (span instanceof PropagatedSpan || span.ended) return;
  span.setResponseStatus(statusCode);
  markFailure(span, statusCode, 500);
  span.end();
}

/** The client went away before the answer was whole. */
export function abortServerSpan(span: ServerSpan): void {
  if (span instanceof PropagatedSpan || span.ended) return;
  span.setAttribute('error.type', 'aborted');
  span.addEvent('http.request.aborted');
  span.end();
}

/** What every response carries, so that whoever has it can find the trace: `X-Cloud-Trace-Context`. */
export function responseTraceHeader(span: ServerSpan): string {
  return cloudTraceHeader(span.traceId, span.idHigh, span.idLow, span.traceFlags);
}
