import { type Violation, WireError } from '@utxoiq/model/cloud-trace';
import { MAX_BODY_BYTES } from './body-limit.ts';

/** `google.rpc.Code` and the HTTP status it is shown as (google/rpc/code.proto). */
export const RPC_CODES = {
  OK: { number: 0, http: 200 },
  CANCELLED: { number: 1, http: 499 },
  INVALID_ARGUMENT: { number: 3, http: 400 },
  DEADLINE_EXCEEDED: { number: 4, http: 504 },
  NOT_FOUND: { number: 5, http: 404 },
  PERMISSION_DENIED: { number: 7, http: 403 },
  RESOURCE_EXHAUSTED: { number: 8, http: 429 },
  UNIMPLEMENTED: { number: 12, http: 501 },
  INTERNAL: { number: 13, http: 500 },
  UNAVAILABLE: { number: 14, http: 503 },
  UNAUTHENTICATED: { number: 16, http: 401 },
} as const;
export type RpcCode = keyof typeof RPC_CODES;

export interface GoogleErrorDetails {
  readonly violations?: readonly Violation[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** What Cloud Trace's own routes and services answer when they refuse (google.rpc.Status). */
export class GoogleError extends Error {
  readonly code: RpcCode;
  readonly violations: readonly Violation[];
  readonly retryAfterMs: number | null;

  constructor(code: RpcCode, message: string, details: GoogleErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GoogleError';
    this.code = code;
    this.violations = details.violations ?? [];
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** Google joins what is wrong by line breaks. */
export function invalidArgument(violations: readonly Violation[]): GoogleError {
  const message = violations.map(({ description }) => description).join('\n');
  return new GoogleError('INVALID_ARGUMENT', message, { violations });
}

export const invalidField = (field: string, description: string): GoogleError =>
  invalidArgument([{ field, description }]);

/** `{"error":{...}}` of Google's REST APIs (google.aip.dev/193). */
export function googleErrorJson(error: GoogleError): object {
  const details = [badRequest(error), retryInfo(error)].filter((detail) => detail !== null);
  return {
    error: {
      code: RPC_CODES[error.code].http,
      message: error.message,
      status: error.code,
      ...(details.length === 0 ? {} : { details }),
    },
  };
}

function badRequest({ violations }: GoogleError): object | null {
  if (violations.length === 0) return null;
  return { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations };
}

function retryInfo({ retryAfterMs }: GoogleError): object | null {
  if (retryAfterMs === null) return null;
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterMs / 1000}s` };
}

/** Whatever was thrown, as something that may be told; the rest is for the log. */
export function toGoogleError(error: unknown): GoogleError {
  if (error instanceof GoogleError) return error;
  if (error instanceof WireError) {
    return new GoogleError('INVALID_ARGUMENT', `Invalid protobuf received: ${error.message}.`, {
      cause: error,
    });
  }
  const { name, code, statusCode } = error as { name?: string; code?: string; statusCode?: number };
  if (name === 'StoreError') return fromStore(code ?? '', error);
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new GoogleError('CANCELLED', 'The operation was cancelled.', { cause: error });
  }
  if (statusCode === 413) return bodyTooLarge();
  if (statusCode === 429)
    return new GoogleError('RESOURCE_EXHAUSTED', 'Too many requests.', { retryAfterMs: 1000 });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500 && error instanceof Error) {
    return new GoogleError('INVALID_ARGUMENT', error.message, { cause: error });
  }
  return new GoogleError('INTERNAL', 'Internal error encountered.', { cause: error });
}

export const bodyTooLarge = (): GoogleError =>
  new GoogleError('INVALID_ARGUMENT', `Request payload size exceeds the limit: ${MAX_BODY_BYTES} bytes.`);

/** What is needed to answer is away. */
export const unavailable = (cause: unknown): GoogleError =>
  new GoogleError('UNAVAILABLE', 'The service is currently unavailable.', { cause, retryAfterMs: 2000 });

function fromStore(code: string, cause: unknown): GoogleError {
  switch (code) {
    case 'INVALID_PAGE_TOKEN':
      return invalidField('page_token', 'Invalid page token.');
    case 'QUERY_TIMEOUT':
      return new GoogleError('DEADLINE_EXCEEDED', 'Deadline exceeded.', { cause });
    case 'QUERY_CANCELLED':
      return new GoogleError('CANCELLED', 'The operation was cancelled.', { cause });
    case 'QUERY_MEMORY':
      return new GoogleError('RESOURCE_EXHAUSTED', 'The query needs too much memory.', { cause });
    case 'UNREACHABLE':
      return unavailable(cause);
    default:
      return new GoogleError('INTERNAL', 'Internal error encountered.', { cause });
  }
}
