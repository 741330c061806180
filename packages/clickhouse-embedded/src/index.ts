export { EmbeddedClickHouse } from './embedded-clickhouse.ts';
export { EMBEDDED_ERROR_CODES, EmbeddedError, type EmbeddedErrorCode } from './embedded-error.ts';
export type { EmbeddedLogger, EmbeddedOptions } from './options.ts';
export { startTemporaryEngine, type TemporaryEngine } from './temporary-engine.ts';
