import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';

/** OpenCensus's binary context, which older gRPC stacks and some of Google's front ends send. */
export const TRACE_BIN_KEY = 'grpc-trace-bin';

/**
 * Version 0, then fields by number: 0 the trace id (16 bytes), 1 the span id (8), 2 the flags (1)
 * (census-instrumentation/opencensus-specs, encodings/BinaryEncoding.md).
 */
export function spanContextOfTraceBin(value: unknown): Context {
  if (!Buffer.isBuffer(value) || value.length < 27 || value[0] !== 0) return ROOT_CONTEXT;
  if (value[1] !== 0 || value[18] !== 1) return ROOT_CONTEXT;
  const spanContext = {
    traceId: value.toString('hex', 2, 18),
    spanId: value.toString('hex', 19, 27),
    traceFlags: value[27] === 2 ? (value[28] ?? 0) & 1 : 0,
    isRemote: true,
  };
  return trace.isSpanContextValid(spanContext)
    ? trace.setSpanContext(ROOT_CONTEXT, spanContext)
    : ROOT_CONTEXT;
}
