export { AttributeType, type SpanRow } from './block/span-row.ts';
export type * from './read/queries.ts';
