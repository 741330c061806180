/** What can go wrong, by code; `docs/errors.md` says what to do. */
export const modelErrorCodes = ['ATTRIBUTE_JSON_INVALID', 'OUTLINE_INVALID'] as const;
/** A key of the table in docs/errors.md. */
export type ModelErrorCode = (typeof modelErrorCodes)[number];

/** The only error this package throws. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelError';
    this.code = code;
  }
}
