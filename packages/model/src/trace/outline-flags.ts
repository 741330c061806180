import type { Span, SpanKind, StatusCode } from '../span.ts';

const statusShift = 3;
const eventsBit = 1 << 5;
const linksBit = 1 << 6;

/** `TraceOutline.flags` of a span. */
export function outlineFlags(span: Pick<Span, 'kind' | 'status' | 'events' | 'links'>): number {
  const events = span.events.length > 0 ? eventsBit : 0;
  const links = span.links.length > 0 ? linksBit : 0;
  return span.kind | (span.status.code << statusShift) | events | links;
}

/** The kind in `TraceOutline.flags`; what is no kind is the last one. */
export function outlineKind(flags: number): SpanKind {
  return Math.min(flags & 7, 5) as SpanKind;
}

/** The status code in `TraceOutline.flags`. */
export function outlineStatus(flags: number): StatusCode {
  return Math.min((flags >> statusShift) & 3, 2) as StatusCode;
}

/** Whether the status in `TraceOutline.flags` is error. */
export function outlineIsError(flags: number): boolean {
  return outlineStatus(flags) === 2;
}

/** Whether `TraceOutline.flags` say that the span has events. */
export function outlineHasEvents(flags: number): boolean {
  return (flags & eventsBit) !== 0;
}

/** Whether `TraceOutline.flags` say that the span has links. */
export function outlineHasLinks(flags: number): boolean {
  return (flags & linksBit) !== 0;
}
