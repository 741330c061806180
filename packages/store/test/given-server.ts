import type { StoreOptions } from '../src/trace-store.ts';

/** A ClickHouse to test on in place of the embedded engine: `TEST_CLICKHOUSE_URL`, `TEST_CLICKHOUSE_CLUSTER`. */
export const GIVEN_URL = process.env.TEST_CLICKHOUSE_URL;

const cluster = process.env.TEST_CLICKHOUSE_CLUSTER;

export const GIVEN_CLUSTER: Pick<StoreOptions, 'cluster'> = cluster === undefined ? {} : { cluster };
