import { localTable, tableName } from '../admin/administrator.ts';
import type { Connection } from '../clickhouse/connection.ts';
import { type Cluster, onCluster } from './template.ts';

/**
 * Version 2 (migrations/0002-order-by-start.sql): spans in the order of `start` within minute, service and name. The
 * rows are inserted from the old table into the new one in slices, each one block under a token of its own, so whoever
 * does it again, another process at the same time or the next start after a crash, changes nothing. Then the tables
 * change names at once. No view feeds the rollups from the new table before that: they have its spans already.
 */
export interface Reordering {
  readonly connection: Connection;
  readonly cluster: Cluster;
  /** Make what is missing of version 1's tables and views. */
  readonly first: readonly string[];
  /** Make the new table. */
  readonly second: readonly string[];
}

const SORTING_KEY = `
SELECT sorting_key FROM system.tables WHERE database = currentDatabase() AND name = {table:String}`;
const COLUMNS = `
SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String}
  AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') ORDER BY position`;
const MINUTES = `
SELECT intDiv(toUnixTimestamp64Nano(start), 60000000000) AS minute, count() AS spans FROM spans
GROUP BY minute ORDER BY minute`;
const HAS_STATISTICS =
  "SELECT count() AS known FROM system.merge_tree_settings WHERE name = 'auto_statistics_types'";
/** About 60 MB of spans. */
const SLICE_SPANS = 200_000;
/** What is selected is one block, so that the token names all of it. */
const ONE_BLOCK = {
  max_threads: 1,
  max_insert_threads: '1',
  min_insert_block_size_rows: '100000000',
  min_insert_block_size_bytes: '0',
  throw_on_max_partitions_per_insert_block: 0,
  insert_deduplicate: 1,
  distributed_foreground_insert: 1,
  max_execution_time: 0,
} as const;

export async function orderByStart(reordering: Reordering): Promise<void> {
  const { connection, cluster, first, second } = reordering;
  if (await isOld(reordering)) {
    for (const sql of second) await connection.command({ sql });
    await unlessDone(reordering, () => moveSpans(reordering));
    await unlessDone(reordering, () => changeNames(reordering));
  }
  for (const sql of first) await connection.command({ sql });
  for (const name of ['spans_v1', 'spans_v2'].flatMap((name) => [name, tableName(reordering, name)])) {
    await connection.command({ sql: `DROP TABLE IF EXISTS ${name} ${onCluster(cluster)} SYNC` });
  }
  await withoutStatistics(reordering);
}

async function isOld(reordering: Reordering): Promise<boolean> {
  const params = { table: tableName(reordering, 'spans') };
  const result = await reordering.connection.query({ sql: SORTING_KEY, params });
  return result.column<readonly string[]>('sorting_key')[0]?.endsWith('trace_id') === true;
}

/** What fails because another process was faster has not failed. */
async function unlessDone(reordering: Reordering, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (await isOld(reordering)) throw error;
  }
}

async function moveSpans(reordering: Reordering): Promise<void> {
  const { connection, cluster } = reordering;
  if (cluster !== null) {
    // What a replica has not fetched yet it would leave out, and the old table goes away.
    const table = `${connection.database}.${tableName(reordering, 'spans')}`;
    await connection.command({ sql: `SYSTEM SYNC REPLICA ${onCluster(cluster)} ${table}` });
  }
  const params = { table: tableName(reordering, 'spans') };
  const columns = await connection.query({ sql: COLUMNS, params });
  const names = Array.from(columns.column<readonly string[]>('name'), (name) => `\`${name}\``).join(', ');
  const minutes = await connection.query({ sql: MINUTES, settings: { max_execution_time: 0 } });
  const starts = Array.from(minutes.column<BigInt64Array>('minute'), Number);
  const spans = Array.from(minutes.column<BigUint64Array>('spans'), Number);
  for (const { from, to, part, parts } of slices(starts, spans)) {
    const token = `order-by-start/${from}/${to}/${part}/${parts}`;
    await connection.command({
      sql: `INSERT INTO spans_v2 (${names}) SELECT ${names} FROM spans
WHERE start BETWEEN fromUnixTimestamp64Nano({from:Int64} * 60000000000)
    AND fromUnixTimestamp64Nano({to:Int64} * 60000000000 + 59999999999)
  AND cityHash64(trace_id) % {parts:UInt32} = {part:UInt32}`,
      params: { from, to, part, parts },
      settings: { ...ONE_BLOCK, insert_deduplication_token: token },
    });
  }
}

interface Slice {
  /** Minutes since 1970, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** A minute that is too large by itself is cut by the traces' ids. */
  readonly part: number;
  readonly parts: number;
}

/** Whole minutes together up to `SLICE_SPANS`. */
export function* slices(minutes: readonly number[], spans: readonly number[]): Generator<Slice> {
  let first = 0;
  let sum = 0;
  for (let index = 0; index <= minutes.length; index++) {
    const next = spans[index] ?? Number.POSITIVE_INFINITY;
    if (sum > 0 && sum + next > SLICE_SPANS) {
      const parts = Math.ceil(sum / SLICE_SPANS);
      const from = minutes[first] as number;
      const to = minutes[index - 1] as number;
      for (let part = 0; part < parts; part++) yield { from, to, part, parts };
      first = index;
      sum = 0;
    }
    sum += next;
  }
}

async function changeNames(reordering: Reordering): Promise<void> {
  const { connection, cluster } = reordering;
  for (const view of ['traces_feed', 'red_feed']) {
    await connection.command({ sql: `DROP VIEW IF EXISTS ${localTable(reordering, view)} SYNC` });
  }
  const [spans, old, renewed] = ['spans', 'spans_v1', 'spans_v2'].map((name) => tableName(reordering, name));
  // Asked again, just before: a table that another process has moved already must not be moved once more.
  if (!(await isOld(reordering))) return;
  await connection.command({
    sql: `RENAME TABLE ${spans} TO ${old}, ${renewed} TO ${spans} ${onCluster(cluster)}`,
  });
}

/**
 * The engine would keep statistics of every column, computed in every merge, for plans that our queries have no use
 * for: 3 us of CPU a span. Servers older than that have no such setting.
 */
async function withoutStatistics(reordering: Reordering): Promise<void> {
  const { connection } = reordering;
  const known = (await connection.query({ sql: HAS_STATISTICS })).column<BigUint64Array>('known')[0];
  if (known === 0n) return;
  for (const table of ['spans', 'traces', 'red', 'attribute_keys']) {
    const sql = `ALTER TABLE ${localTable(reordering, table)} MODIFY SETTING auto_statistics_types = ''`;
    await connection.command({ sql });
  }
}
