import type { SpanContext } from '@opentelemetry/api';
import { type RemoteParent, remoteParent } from './remote-parent.ts';

export const B3_SINGLE_HEADER = 'b3';
export const B3_HEADERS = {
  traceId: 'x-b3-traceid',
  spanId: 'x-b3-spanid',
  sampled: 'x-b3-sampled',
  flags: 'x-b3-flags',
} as const;

/** `d` is debug, which implies sampled; some old clients write words. */
const DECISIONS: Readonly<Record<string, boolean>> = { 0: false, 1: true, d: true, true: true, false: false };
const SINGLE = /^([0-9a-f]{32}|[0-9a-f]{16})-([0-9a-f]{16})(?:-([01d]))?(?:-[0-9a-f]{16})?$/i;

/** B3 single header: `TRACE-SPAN[-SAMPLED[-PARENT]]`; a lone decision (`0`) names no trace and is ignored. */
export function parseB3Single(header: unknown): RemoteParent | null {
  if (typeof header !== 'string' || header.length > 128) return null;
  const match = SINGLE.exec(header.trim());
  if (match === null) return null;
  return b3Parent(match[1], match[2], match[3]);
}

/** B3 multi headers; `get` reads a header by its lower-case name. */
export function parseB3Multi(get: (name: string) => unknown): RemoteParent | null {
  const traceId = get(B3_HEADERS.traceId);
  const spanId = get(B3_HEADERS.spanId);
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return null;
  const debug = get(B3_HEADERS.flags) === '1' ? 'd' : undefined;
  const sampled = get(B3_HEADERS.sampled);
  return b3Parent(
    traceId.trim(),
    spanId.trim(),
    debug ?? (typeof sampled === 'string' ? sampled : undefined),
  );
}

function b3Parent(trace?: string, span?: string, decision?: string): RemoteParent | null {
  const traceId = (trace ?? '').toLowerCase().padStart(32, '0');
  const spanId = (span ?? '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(traceId) || !/^[0-9a-f]{16}$/.test(spanId)) return null;
  if ((trace?.length !== 16 && trace?.length !== 32) || /^0+$/.test(traceId) || /^0+$/.test(spanId))
    return null;
  return remoteParent(traceId, spanId, DECISIONS[decision?.toLowerCase() ?? ''] ?? null);
}

export function formatB3Single(context: SpanContext): string {
  return `${context.traceId}-${context.spanId}-${context.traceFlags & 1}`;
}
