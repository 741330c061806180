import { localTable } from '../admin/administrator.ts';
import type { Connection } from '../clickhouse/connection.ts';
import { type Cluster, quoted } from './template.ts';

/** A setting of tables that older servers do not know, so that it cannot stand in a migration. */
interface NewerSetting {
  /** The version of the schema that it belongs to. */
  readonly version: number;
  readonly name: string;
  readonly value: string;
  readonly tables: readonly string[];
}

const NEWER_SETTINGS: readonly NewerSetting[] = [
  // Statistics of every column, computed in every merge, for plans that our queries have no use for: 3 us of CPU a span.
  {
    version: 1,
    name: 'auto_statistics_types',
    value: '',
    tables: ['spans', 'traces', 'red', 'attribute_keys'],
  },
  // Lengths of texts among the texts instead of in a file of their own: 1.5 B less of 40 a span, and a file less to open.
  { version: 2, name: 'string_serialization_version', value: 'single_stream', tables: ['spans'] },
];

export async function applyNewerSettings(
  connection: Connection,
  cluster: Cluster,
  version: number,
): Promise<void> {
  for (const setting of NEWER_SETTINGS.filter((each) => each.version === version)) {
    const { name, value, tables } = setting;
    const sql = 'SELECT count() AS known FROM system.merge_tree_settings WHERE name = {name:String}';
    const result = await connection.query({ sql, params: { name } });
    if (result.column<BigUint64Array>('known')[0] === 0n) continue;
    for (const table of tables) {
      const change = `MODIFY SETTING ${name} = ${quoted(value)}`;
      await connection.command({
        sql: `ALTER TABLE ${localTable({ connection, cluster }, table)} ${change}`,
      });
    }
  }
}
