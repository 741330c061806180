import type { Connection } from '../clickhouse/connection.ts';
import type { KeyCatalogue } from '../read/key-catalogue.ts';
import type { Cluster } from '../schema/template.ts';

/** What changes to the stored data itself need. */
export interface Administrator {
  readonly connection: Connection;
  readonly cluster: Cluster;
  readonly keys: KeyCatalogue;
}

/** The table that holds a shard's own rows, with the clause that reaches every shard. */
export function localTable({ cluster }: Pick<Administrator, 'connection' | 'cluster'>, name: string): string {
  return cluster === null ? name : `${name}_local ON CLUSTER '${cluster.replaceAll("'", "\\'")}'`;
}

export const tableName = (
  { cluster }: Pick<Administrator, 'connection' | 'cluster'>,
  name: string,
): string => (cluster === null ? name : `${name}_local`);

/**
 * A statement that rewrites parts returns when all are rewritten, on a cluster by one replica of each shard. To wait
 * for all replicas would hold up every statement ON CLUSTER behind it for as long as one of them is away.
 */
export const WAIT_FOR_MUTATION = { mutations_sync: '1', max_execution_time: 0 } as const;
