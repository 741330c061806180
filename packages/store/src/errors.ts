/** Every way the store can fail, with what to do about it (docs/errors.md). */
export const STORE_ERROR_CODES = {
  UNREACHABLE: 'The ClickHouse server did not answer.',
  QUERY_FAILED: 'ClickHouse refused or failed a query.',
  QUERY_TIMEOUT: 'A query reached its time limit.',
  QUERY_MEMORY: 'A query reached its memory limit.',
  QUERY_CANCELLED: 'The caller cancelled the query.',
  INSERT_FAILED: 'ClickHouse did not store a block; the same block and token can be sent again.',
  INSERT_REFUSED: 'ClickHouse cannot take a block, whenever it is sent.',
  SCHEMA_NEWER: 'The database was written by a newer version of this program.',
  MIGRATION_FAILED: 'A migration could not be applied.',
  INVALID_PAGE_TOKEN: 'A page token is damaged, or belongs to another query.',
  INVALID_OPTION: 'An option has a value that the store cannot use.',
} as const;
/** A key of `STORE_ERROR_CODES`. */
export type StoreErrorCode = keyof typeof STORE_ERROR_CODES;

/** The only error this package throws; `cause` holds what ClickHouse said. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
