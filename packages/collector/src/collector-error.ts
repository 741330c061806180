/** Every code is described in docs/errors.md. */
export const COLLECTOR_ERROR_CODES = [
  'DIRECTORY_IN_USE',
  'DIRECTORY_UNUSABLE',
  'INVALID_OPTION',
  'PORT_UNAVAILABLE',
] as const;
/** One of `COLLECTOR_ERROR_CODES`. */
export type CollectorErrorCode = (typeof COLLECTOR_ERROR_CODES)[number];

/** Thrown by `Collector.start` only; senders are answered. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly code: CollectorErrorCode;

  constructor(code: CollectorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
