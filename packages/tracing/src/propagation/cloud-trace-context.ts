import type { SpanContext } from '@opentelemetry/api';
import { spanIdDecimal, wordsOfSpanId } from '../tracer/ids.ts';

/** `X-Cloud-Trace-Context`, in the lower case HTTP clients and servers of Node use. */
export const CLOUD_TRACE_HEADER = 'x-cloud-trace-context';

export interface CloudTraceContext {
  readonly traceId: string;
  /** 16 hex digits; null where the header names no span (or span 0). */
  readonly spanId: string | null;
  /** Null where the header leaves the decision open. */
  readonly sampled: boolean | null;
}

/** `TRACE_ID[/[SPAN_ID]][;o=[OPTIONS]]`: the nine forms Google's own runtimes accept. */
const FORM = /^([0-9a-f]{32})(?:\/([0-9]*))?(?:;o=([0-9]*)(?:;.*)?)?$/i;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Reads the header; null for anything that is not one of its forms. The span id is an unsigned decimal. */
export function parseCloudTraceContext(header: unknown): CloudTraceContext | null {
  if (typeof header !== 'string' || header.length > 256) return null;
  const match = FORM.exec(header.trim());
  const traceId = match?.[1]?.toLowerCase();
  if (match === null || traceId === undefined || /^0+$/.test(traceId)) return null;
  const spanId = spanIdOfDecimal(match[2]);
  if (spanId === undefined) return null;
  return { traceId, spanId, sampled: sampledOf(match[3]) };
}

/** Undefined for a number no span id can be; null for none, and for 0, which names no span. */
function spanIdOfDecimal(decimal: string | undefined): string | null | undefined {
  if (decimal === undefined || decimal === '') return null;
  if (decimal.length > 20) return undefined;
  const value = BigInt(decimal);
  if (value > MAX_UINT64) return undefined;
  return value === 0n ? null : value.toString(16).padStart(16, '0');
}

/** The options are a bit mask; bit 0 is "sampled". */
function sampledOf(options: string | undefined): boolean | null {
  if (options === undefined || options === '') return null;
  return (options.charCodeAt(options.length - 1) & 1) === 1;
}

/** The header in its exact form, from any valid span context. */
export function formatCloudTraceContext(context: SpanContext): string {
  const [high, low] = wordsOfSpanId(context.spanId);
  return cloudTraceHeader(context.traceId, high, low, context.traceFlags);
}

/** The same of a span whose id is words already. */
export function cloudTraceHeader(traceId: string, idHigh: number, idLow: number, traceFlags: number): string {
  return `${traceId}/${spanIdDecimal(idHigh, idLow)};o=${traceFlags & 1}`;
}
