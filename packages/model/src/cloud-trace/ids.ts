import { parseSpanId, parseTraceId, spanIdFromBigInt, spanIdToBigInt } from '../ids.ts';

const spanName = /^projects\/([^/]+)\/traces\/([^/]*)\/spans\/([^/]*)$/;
const decimal = /^\d{1,20}$/;

/** The parts of a v2 resource name, as they came; null where the shape is another. */
export function splitSpanName(name: string): { projectId: string; traceId: string; spanId: string } | null {
  const match = spanName.exec(name);
  if (match === null) return null;
  const [, projectId = '', traceId = '', spanId = ''] = match;
  return { projectId, traceId, spanId };
}

/** The `name` of a v2 span: the inverse of `splitSpanName`. */
export const formatSpanName = (projectId: string, traceId: string, spanId: string) =>
  `projects/${projectId}/traces/${traceId}/spans/${spanId}`;

/** `projects/P` -> `P`. */
export function parseProjectName(name: string): string | null {
  return /^projects\/([^/]+)$/.exec(name)?.[1] ?? null;
}

/** The unsigned decimal form of v1 and of `X-Cloud-Trace-Context`: `9492351182879891306` -> `83bb9b1bb2d09f6a`. */
export function spanIdFromDecimal(text: string): string | null {
  if (!decimal.test(text)) return null;
  const id = BigInt(text);
  return id === 0n || id >> 64n !== 0n ? null : spanIdFromBigInt(id);
}

/** 16 hex digits as the unsigned decimal of v1 and of `X-Cloud-Trace-Context`. */
export const spanIdToDecimal = (spanId: string): string => String(spanIdToBigInt(spanId));

/** Google's words for a trace id that is none. */
export function traceIdProblem(traceId: string): string | null {
  if (parseTraceId(traceId) !== null) return null;
  const shown = traceId.slice(0, 100);
  if (/^0{32}$/.test(traceId))
    return `Invalid trace name: Trace ID must not be zero. Current Trace ID = ${shown}`;
  return `Invalid trace name: Trace ID must be a hexadecimal number with size = 32. Current Trace ID = ${shown}`;
}

export function spanIdProblem(spanId: string): string | null {
  if (parseSpanId(spanId) !== null) return null;
  const shown = spanId.slice(0, 100);
  if (/^0{16}$/.test(spanId))
    return `Invalid span name: Span ID must not be zero. Current Span ID = ${shown}`;
  return `Invalid span name: Span ID must be a hexadecimal number with size = 16. Current Span ID = ${shown}`;
}
