/** Codes of this API's problems; docs/errors.md has a line for each. */
export const apiErrorStatus = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  TOO_MANY_REQUESTS: 429,
  INTERNAL: 500,
  NOT_SUPPORTED: 501,
  UPSTREAM_FAILED: 502,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
} as const;
export type ApiErrorCode = keyof typeof apiErrorStatus;

/** What a caller can use to mend the request; members of the problem document (RFC 9457 section 3.2). */
export interface ApiErrorDetails {
  /** The parameter or body member that is wrong. */
  readonly field?: string;
  /** What came, cut to a readable length. */
  readonly came?: unknown;
  readonly expected?: string;
  /** Offset in UTF-16 units into the field's text, and how much of it is wrong. */
  readonly position?: number;
  readonly length?: number;
  /** What to do next, when it is not the field. */
  readonly next_step?: string;
}

/** The one error that routes throw; everything else becomes INTERNAL and is only logged. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly details: ApiErrorDetails;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ApiErrorCode,
    message: string,
    details: ApiErrorDetails = {},
    options: { cause?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
    this.headers = options.headers ?? {};
  }

  get statusCode(): number {
    return apiErrorStatus[this.code];
  }
}

/** A field of the request is wrong: names it, says what came and what is expected. */
export function invalidArgument(
  field: string,
  came: unknown,
  expected: string,
  more: ApiErrorDetails = {},
): ApiError {
  const shown = shorten(came);
  return new ApiError('INVALID_ARGUMENT', `${field}: expected ${expected}, got ${describe(shown)}`, {
    field,
    ...(came === undefined ? {} : { came: shown }),
    expected,
    ...more,
  });
}

function describe(came: unknown): string {
  return came === undefined ? 'nothing' : JSON.stringify(came);
}

function shorten(came: unknown): unknown {
  return typeof came === 'string' && came.length > 200 ? `${came.slice(0, 200)}...` : came;
}
