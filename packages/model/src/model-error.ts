/** What can go wrong, by code; `docs/errors.md` says what to do. */
export type ModelErrorCode = 'OUTLINE_INVALID' | 'ATTRIBUTE_JSON_INVALID';

export class ModelError extends Error {
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelError';
    this.code = code;
  }
}
