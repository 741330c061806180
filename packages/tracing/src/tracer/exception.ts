import type { Attributes, Exception } from '@opentelemetry/api';

/**
 * The attributes of an `exception` event (semantic conventions, exceptions). As in OpenTelemetry's own SDK, a
 * code (`ECONNREFUSED`) tells the type before the name does. Null when there is nothing to tell.
 */
export function exceptionAttributes(exception: Exception): Attributes | null {
  try {
    return readException(exception);
  } catch {
    return { 'exception.type': typeof exception }; // A getter or a proxy of the host's own.
  }
}

function readException(exception: Exception): Attributes | null {
  if (typeof exception === 'string') return exception === '' ? null : { 'exception.message': exception };
  if (typeof exception !== 'object' || exception === null) return null;
  const attributes: Attributes = {};
  if (exception.code) attributes['exception.type'] = String(exception.code);
  else if (exception.name) attributes['exception.type'] = exception.name;
  if (exception.message) attributes['exception.message'] = exception.message;
  if (exception.stack) attributes['exception.stacktrace'] = exception.stack;
  return attributes['exception.type'] || attributes['exception.message'] ? attributes : null;
}
