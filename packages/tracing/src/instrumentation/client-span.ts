import { type Context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { currentContext } from '../context/context-manager.ts';
import { SPAN_KEY, SUPPRESS_TRACING_KEY } from '../context/span-frame.ts';
import type { PropagatedSpan } from '../tracer/propagated-span.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { markFailure, methodAttributes, redactUrl } from './http-attributes.ts';

/** An outgoing request, as far as its span tells. */
export interface OutgoingRequest {
  readonly method: string;
  /** `http://host[:port]`. */
  readonly origin: string;
  readonly path: string;
  readonly host: string;
  readonly port: number | undefined;
}

/** Begins the span of an outgoing request and writes the context into its headers; null when suppressed. */
export function startClientSpan(
  core: TracingCore,
  describe: () => OutgoingRequest,
  setHeader: (name: string, value: string) => void,
): RecordingSpan | null {
  const context = currentContext();
  if (context.getValue(SUPPRESS_TRACING_KEY) === true) return null;
  const owner = coreOf(context) ?? core;
  if (owner.clientSpansNeedParent && context.getValue(SPAN_KEY) === undefined) return null;
  const request = describe();
  const span = owner.httpTracer.begin(request.method, SpanKind.CLIENT, context);
  if (span instanceof RecordingSpan) describeRequest(span, request);
  owner.propagator.write(span, setHeader);
  return span instanceof RecordingSpan ? span : null;
}

/** Several services may run in one process: a request belongs to the one whose span is active. */
function coreOf(context: Context): TracingCore | undefined {
  const span = context.getValue(SPAN_KEY) as Span | PropagatedSpan | undefined;
  return span instanceof RecordingSpan ? span.pipeline.core : undefined;
}

function describeRequest(span: RecordingSpan, request: OutgoingRequest): void {
  for (const [key, value] of methodAttributes(request.method)) span.append(key, value);
  span.append('url.full', redactUrl(request.origin + request.path));
  span.append('server.address', request.host);
  if (request.port !== undefined) span.append('server.port', request.port);
}

export function onClientResponse(span: RecordingSpan, statusCode: number): void {
  span.append('http.response.status_code', statusCode);
  markFailure(span, statusCode, 400);
}

export function onClientError(span: RecordingSpan, error: unknown): void {
  if (span.ended) return;
  const failure = error instanceof Error ? error : new Error(String(error));
  span.append('error.type', (failure as NodeJS.ErrnoException).code ?? failure.name);
  span.recordException(failure);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
  span.end();
}
