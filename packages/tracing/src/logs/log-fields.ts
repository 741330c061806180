import type { Span } from '@opentelemetry/api';
import { currentContext } from '../context/context-manager.ts';
import { SPAN_KEY } from '../context/span-frame.ts';
import { correlationIdOf } from '../tracer/tracer.ts';

/** What a log line needs to be found with its trace: plain names, and Cloud Logging's own. */
export interface LogFields {
  readonly trace_id: string;
  readonly span_id: string;
  readonly correlation_id?: string;
  readonly 'logging.googleapis.com/trace': string;
  readonly 'logging.googleapis.com/spanId': string;
  readonly 'logging.googleapis.com/trace_sampled': boolean;
}

/**
 * Fields of the active span for any logger; pino takes the function as its `mixin`. Empty outside of spans.
 * Cloud Logging's trace field is the bare trace id, which it prefers to `projects/P/traces/T` now.
 */
export function logFields(): LogFields | Record<string, never> {
  const span = currentContext().getValue(SPAN_KEY) as Span | undefined;
  if (span === undefined) return {};
  const { traceId, spanId, traceFlags } = span.spanContext();
  const correlationId = correlationIdOf(span);
  return {
    trace_id: traceId,
    span_id: spanId,
    ...(correlationId !== '' && { correlation_id: correlationId }),
    'logging.googleapis.com/trace': traceId,
    'logging.googleapis.com/spanId': spanId,
    'logging.googleapis.com/trace_sampled': (traceFlags & 1) === 1,
  };
}
