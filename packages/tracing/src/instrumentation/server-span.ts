import type { IncomingMessage } from 'node:http';
import { type Context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { formatCloudTraceContext } from '../propagation/cloud-trace-context.ts';
import { CORRELATION_ID_HEADER } from '../propagation/propagator.ts';
import type { PropagatedSpan } from '../tracer/propagated-span.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { acceptedCorrelationId, appendMethod, appendStatus, redactUrl } from './http-attributes.ts';

export type ServerSpan = RecordingSpan | PropagatedSpan;

export interface IncomingRequest {
  readonly message: IncomingMessage;
  readonly clientAddress: string | undefined;
  readonly route: string | undefined;
}

/** Begins the span of an incoming request as the child of whatever span its headers name. */
export function startServerSpan(core: TracingCore, request: IncomingRequest): ServerSpan {
  const { message, route } = request;
  const { headers } = message;
  const method = message.method ?? 'GET';
  const parent: Context = core.propagator.read(ROOT_CONTEXT, (name) => headers[name]);
  const span = core.httpTracer.begin(nameOf(method, route), SpanKind.SERVER, parent);
  const correlationId = acceptedCorrelationId(headers[CORRELATION_ID_HEADER]) ?? span.spanContext().traceId;
  span.correlationId = correlationId;
  if (span instanceof RecordingSpan) describeRequest(span, request, method, correlationId);
  return span;
}

function nameOf(method: string, route: string | undefined): string {
  return route === undefined ? method : `${method} ${route}`;
}

function describeRequest(
  span: RecordingSpan,
  { message, clientAddress, route }: IncomingRequest,
  method: string,
  correlationId: string,
): void {
  const { headers, url = '/' } = message;
  const query = url.indexOf('?');
  const scheme = 'encrypted' in message.socket ? 'https' : 'http';
  appendMethod(span, method);
  span.append('url.full', redactUrl(`${scheme}://${headers.host ?? 'localhost'}${url}`));
  span.append('url.path', query < 0 ? url : url.slice(0, query));
  if (query >= 0) span.append('url.query', redactUrl(url.slice(query)).slice(1));
  span.append('url.scheme', scheme);
  if (route !== undefined) span.append('http.route', route);
  if (headers['user-agent'] !== undefined) span.append('user_agent.original', headers['user-agent']);
  if (clientAddress !== undefined) span.append('client.address', clientAddress);
  span.append('network.protocol.version', message.httpVersion);
  span.append('correlation_id', correlationId);
}

export function endServerSpan(span: ServerSpan, statusCode: number): void {
  if (!(span instanceof RecordingSpan) || span.ended) return;
  appendStatus(span, statusCode, 500);
  span.end();
}

/** The client went away before the answer was whole. */
export function abortServerSpan(span: ServerSpan): void {
  if (!(span instanceof RecordingSpan) || span.ended) return;
  span.append('error.type', 'aborted');
  span.addEvent('http.request.aborted');
  span.end();
}

/** What every response carries, so that whoever has it can find the trace. */
export function responseTraceHeader(span: ServerSpan): string {
  return formatCloudTraceContext(span.spanContext());
}
