import { type Span, SpanStatusCode, type TextMapSetter } from '@opentelemetry/api';
import { currentContext } from '../context/context-manager.ts';
import { isSuppressed, SPAN_KEY } from '../context/span-frame.ts';
import { PropagatedSpan } from '../tracer/propagated-span.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { markFailure } from './http-attributes.ts';
import type { HttpClientSpan } from './http-client-span.ts';

/** How one HTTP client shows its requests, and takes headers for them. */
export interface ClientLibrary<Request> extends TextMapSetter<Request> {
  method(request: Request): string;
  /** `http://host[:port]`. */
  origin(request: Request): string;
  path(request: Request): string;
}

/** Begins the span of an outgoing request and writes the context into its headers; null where none is recorded. */
export function startClientSpan<Request>(
  core: TracingCore,
  request: Request,
  library: ClientLibrary<Request>,
): HttpClientSpan | null {
  const context = currentContext();
  if (isSuppressed(context)) return null;
  const active = context.getValue(SPAN_KEY) as Span | undefined;
  // Several services may run in one process: a request belongs to the one whose span is active.
  const owner = active instanceof RecordingSpan ? active.pipeline.core : core;
  if (owner.clientSpansNeedParent && active === undefined) return null;
  const span = owner.httpTracer.beginClient(context, request, library);
  owner.propagator.write(span, request, library);
  return span instanceof PropagatedSpan ? null : span;
}

export function onClientResponse(span: HttpClientSpan, statusCode: number): void {
  span.setResponseStatus(statusCode);
  markFailure(span, statusCode, 400);
}

export function onClientError(span: RecordingSpan, error: unknown): void {
  if (span.ended) return;
  const failure = error instanceof Error ? error : new Error(String(error));
  const { code }: NodeJS.ErrnoException = failure;
  // A status may have set it before; the codes of DOM exceptions are numbers.
  span.setAttribute('error.type', typeof code === 'string' ? code : failure.name);
  span.recordException(failure);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
  span.end();
}
