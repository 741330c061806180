/** What can go wrong, by code; `docs/errors.md` says what to do. */
export const modelErrorCodes = ['ATTRIBUTE_JSON_INVALID', 'OUTLINE_INVALID'] as const;
export type ModelErrorCode = (typeof modelErrorCodes)[number];

export class ModelError extends Error {
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelError';
    this.code = code;
  }
}
