import { SpanStatusCode } from '@opentelemetry/api';
import { textOf } from '../tracer/attribute-values.ts';
import type { RecordingSpan } from '../tracer/span.ts';

/** Methods that semantic conventions keep; others are reported as `_OTHER` (HTTP spans, "method"). */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

export function methodAttributes(method: string): [key: string, value: string][] {
  if (KNOWN_METHODS.has(method)) return [['http.request.method', method]];
  return [
    ['http.request.method', '_OTHER'],
    ['http.request.method_original', method],
  ];
}

/** A client's span fails from 400 on, a server's from 500 on (semantic conventions, HTTP spans, "Status"). */
export function markFailure(span: RecordingSpan, statusCode: number, failsFrom: 400 | 500): void {
  if (statusCode < failsFrom) return;
  if (span.statusCode !== SpanStatusCode.UNSET) return;
  span.append('error.type', String(statusCode));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

const SECRET_PARAMETERS = /([?&](?:AWSAccessKeyId|Signature|sig|X-Goog-Signature|X-Amz-Signature)=)[^&#]*/gi;

/** `url.full` and `url.query` without the values that would sign a request (semantic conventions, URL). */
export function redactUrl(url: string): string {
  return url.includes('?') ? url.replace(SECRET_PARAMETERS, '$1REDACTED') : url;
}

const ABSOLUTE_FORM = /^([a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#]*@)?([^/?#]*)(.*)$/is;

/**
 * Origin and path of a request's target, of which only the usual form is a path: requests to a proxy name the whole
 * URL, `CONNECT` an authority, `OPTIONS *` the server itself (RFC 9112, 3.2 and 3.3). Without credentials.
 */
export function targetUri(origin: string, target: string): readonly [origin: string, path: string] {
  if (target.startsWith('/')) return [origin, redactUrl(target)];
  const [, scheme = origin.slice(0, origin.indexOf('/') + 2), authority = '', path = ''] =
    ABSOLUTE_FORM.exec(target) ?? [];
  return authority === '*' || authority === ''
    ? [origin, redactUrl(path)]
    : [scheme + authority, redactUrl(path)];
}

/** A correlation id is taken over only when it can stand in a header and a log line as it is. */
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

export function acceptedCorrelationId(header: unknown): string | null {
  const value = Array.isArray(header) ? header[0] : header;
  return typeof value === 'string' && CORRELATION_ID.test(value) ? value : null;
}

/** Whatever a handler threw; things that have no text at all are recorded by their type. */
export function recordHttpError(span: RecordingSpan, error: unknown): void {
  span.recordException(error instanceof Error ? error : textOf(error));
}
