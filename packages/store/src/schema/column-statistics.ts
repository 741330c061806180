import { localTable } from '../admin/administrator.ts';
import type { Connection } from '../clickhouse/connection.ts';
import type { Cluster } from './template.ts';

const HAS_STATISTICS =
  "SELECT count() AS known FROM system.merge_tree_settings WHERE name = 'auto_statistics_types'";

/**
 * The engine would keep statistics of every column, computed in every merge, for plans that our queries have no use
 * for: 3 us of CPU a span. Older servers have no such setting, so it cannot stand in the migration.
 */
export async function keepNoStatistics(connection: Connection, cluster: Cluster): Promise<void> {
  const known = (await connection.query({ sql: HAS_STATISTICS })).column<BigUint64Array>('known')[0];
  if (known === 0n) return;
  for (const table of ['spans', 'traces', 'red', 'attribute_keys']) {
    const sql = `ALTER TABLE ${localTable({ connection, cluster }, table)} MODIFY SETTING auto_statistics_types = ''`;
    await connection.command({ sql });
  }
}
