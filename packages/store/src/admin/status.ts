import type { Administrator } from './administrator.ts';
import { activeParts } from './parts.ts';

/** A table as it lies on disk: active parts only, bytes compressed. */
export interface TableStatus {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly parts: number;
}

/** What is stored, per table; on a cluster, each shard counted once. */
export async function status(admin: Administrator): Promise<readonly TableStatus[]> {
  const { from, params } = activeParts(admin, ['spans', 'traces', 'red', 'attribute_keys']);
  const sql = `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts FROM ${from}
GROUP BY table ORDER BY bytes DESC`;
  const result = await admin.connection.query({ sql, params });
  const rows = result.column<BigUint64Array>('rows');
  const bytes = result.column<BigUint64Array>('bytes');
  const parts = result.column<BigUint64Array>('parts');
  return Array.from(result.column('table'), (table, row) => ({
    table,
    rows: Number(rows[row]),
    bytes: Number(bytes[row]),
    parts: Number(parts[row]),
  }));
}
