import type { SpanContext } from '@opentelemetry/api';

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const KNOWN_FLAGS = 0x03;

/** W3C trace context, level 2: null for any header the specification tells to ignore. */
export function parseTraceParent(header: unknown): TraceParent | null {
  if (typeof header !== 'string' || header.length < 55 || header.length > 512) return null;
  const match = FORM.exec(header.trim());
  if (match === null) return null;
  const [, version, traceId, spanId, flags, more] = match;
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & KNOWN_FLAGS };
}

export function formatTraceParent(context: SpanContext): string {
  return `00-${context.traceId}-${context.spanId}-0${(context.traceFlags & KNOWN_FLAGS).toString(16)}`;
}
