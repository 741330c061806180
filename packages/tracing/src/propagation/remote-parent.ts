import { INVALID_SPANID, isValidTraceId, type SpanContext } from '@opentelemetry/api';

/** A caller's span as its headers tell it. */
export interface RemoteParent extends SpanContext {
  /** The headers leave the sampling decision to whoever reads them (`X-Cloud-Trace-Context` without `o`). */
  readonly samplingDeferred?: true;
}

/** Headers may name a trace and no span: a span then joins that trace, without a parent. */
export function joinsTrace(context: SpanContext | undefined): context is RemoteParent {
  return context?.isRemote === true && context.spanId === INVALID_SPANID && isValidTraceId(context.traceId);
}

export function isDeferred(context: SpanContext): boolean {
  return (context as RemoteParent).samplingDeferred === true;
}

export function remoteParent(traceId: string, spanId: string | null, sampled: boolean | null): RemoteParent {
  return {
    traceId,
    spanId: spanId ?? INVALID_SPANID,
    traceFlags: sampled === true ? 1 : 0,
    isRemote: true,
    ...(sampled === null && { samplingDeferred: true as const }),
  };
}
