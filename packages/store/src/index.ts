export { SpanRows } from './block/row-of-span.ts';
export { SpanBlock } from './block/span-block.ts';
export { AttributeType, type SpanRow } from './block/span-row.ts';
export { STORE_ERROR_CODES, StoreError, type StoreErrorCode } from './errors.ts';
export type * from './read/queries.ts';
export { summarize } from './read/summarize.ts';
export { type StoreLogger, type StoreOptions, TraceStore } from './trace-store.ts';
export type { InsertOptions } from './write/insert-block.ts';
