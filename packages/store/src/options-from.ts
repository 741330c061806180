import type { StoreOptions } from './trace-store.ts';

/** What `CLICKHOUSE_CLUSTER`, `_DATABASE`, `_USER` and `_PASSWORD` say of the store; those not set are left out. */
export function optionsFrom(environment: NodeJS.ProcessEnv): Omit<StoreOptions, 'url' | 'limits' | 'logger'> {
  const {
    CLICKHOUSE_CLUSTER: cluster,
    CLICKHOUSE_DATABASE: database,
    CLICKHOUSE_USER: username,
    CLICKHOUSE_PASSWORD: password,
  } = environment;
  return {
    ...(cluster !== undefined && { cluster }),
    ...(database !== undefined && { database }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}
