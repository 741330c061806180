/** What can go wrong with the engine's process; docs/errors.md explains each with its next step. */
export type EmbeddedErrorCode =
  | 'BAD_OPTION'
  | 'DIRECTORY_LOCKED'
  | 'DIRECTORY_UNWRITABLE'
  | 'LIBRARY_MISSING'
  | 'PORT_UNAVAILABLE'
  | 'START_FAILED'
  | 'START_TIMEOUT';

/** All codes, for the test that holds docs/errors.md against them. */
export const EMBEDDED_ERROR_CODES: readonly EmbeddedErrorCode[] = [
  'BAD_OPTION',
  'DIRECTORY_LOCKED',
  'DIRECTORY_UNWRITABLE',
  'LIBRARY_MISSING',
  'PORT_UNAVAILABLE',
  'START_FAILED',
  'START_TIMEOUT',
];

/** The only error this package throws. Its message is one line: what is wrong, then what to do. */
export class EmbeddedError extends Error {
  readonly code: EmbeddedErrorCode;

  constructor(code: EmbeddedErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedError';
    this.code = code;
  }
}
