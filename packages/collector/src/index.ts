export { Collector, type CollectorOptions, type CollectorStats } from './collector.ts';
export { COLLECTOR_ERROR_CODES, CollectorError, type CollectorErrorCode } from './collector-error.ts';
export type { IngestOptions } from './ingest/ingest.ts';
export type { IngestResult, RefusalCode } from './ingest/ingest-result.ts';
export { type CollectorLimits, DEFAULT_LIMITS } from './limits.ts';
export type { SpanStore } from './loader/block-inserter.ts';
export type { CollectorLogger } from './logger.ts';
export type { Authorize } from './receive/authorize.ts';
export type { CorsOrigins } from './receive/http/cors.ts';
