/** All of them; docs/errors.md says what each means and what to do. */
export const tracingErrorCodes = [
  'BAD_OPTION',
  'READ_FAILED',
  'READ_REFUSED',
  'TRACE_NOT_FOUND',
  'MISSING_PACKAGE',
  'CREDENTIALS_MISSING',
  'API_NOT_ENABLED',
  'PERMISSION_DENIED',
  'QUOTA_EXCEEDED',
] as const;
/** Codes of `TracingError`. */
export type TracingErrorCode = (typeof tracingErrorCodes)[number];

/** The one error class of the SDK; `docs/errors.md` lists its codes. Only set-up and reading throw it. */
export class TracingError extends Error {
  readonly code: TracingErrorCode;

  constructor(code: TracingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TracingError';
    this.code = code;
  }
}
