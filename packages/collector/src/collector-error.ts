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

/** What keeps a log's directory from being used, with the reason that the system gave. */
export function directoryUnusable(directory: string, cause: unknown): CollectorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CollectorError(
    'DIRECTORY_UNUSABLE',
    `cannot use the directory ${directory}: ${reason}. Next: correct its owner or its mount, or choose another dataDir`,
    { cause },
  );
}
