import { quoted } from '../schema/template.ts';
import { type Administrator, tableName } from './administrator.ts';

/** The parts of some tables that hold data, on a cluster those of one replica of each shard: to stand after FROM. */
export function activeParts(
  admin: Administrator,
  tables: readonly string[],
): { readonly from: string; readonly params: Readonly<Record<string, string>> } {
  const { connection, cluster } = admin;
  const parts = cluster === null ? 'system.parts' : `cluster(${quoted(cluster)}, system.parts)`;
  const names = tables.map((table) => `'${tableName(admin, table)}'`).join(', ');
  // Not currentDatabase(): that is another one where a shard runs this.
  return {
    from: `${parts} WHERE active AND database = {database:String} AND table IN (${names})`,
    params: { database: connection.database },
  };
}
