import { createHash } from 'node:crypto';
import { PROMOTED_ATTRIBUTES } from '../block/promoted-attributes.ts';
import { StoreError } from '../errors.ts';
import { quoteColumn } from '../filter/attribute-places.ts';
import { type Administrator, localTable, WAIT_FOR_MUTATION } from './administrator.ts';

const RECORD =
  'INSERT INTO promoted_attributes (key, column, type) SELECT {key:String}, {column:String}, {type:String}';

/**
 * Gives an attribute of text a column of its own, from now on and for what is stored already: filters and
 * facets on it then read that column, not the map. Safe to run twice.
 */
export async function promote(admin: Administrator, key: string): Promise<void> {
  if (key === '' || key.length > 200 || [...key].some((char) => char < ' ')) {
    throw new StoreError(
      'INVALID_OPTION',
      `an attribute key has 1 to 200 printable characters, got ${JSON.stringify(key)}`,
    );
  }
  if (PROMOTED_ATTRIBUTES.has(key)) return;
  const { columns } = await admin.keys.load();
  const column = columns.get(key) ?? columnOf(key);
  const name = quoteColumn(column);
  const value = `attributes_string[${literal(key)}]`;
  const { connection, cluster } = admin;
  await connection.command({
    sql: `ALTER TABLE ${localTable(admin, 'spans')} ADD COLUMN IF NOT EXISTS ${name} String MATERIALIZED ${value}`,
  });
  await connection.command({
    sql: `ALTER TABLE ${localTable(admin, 'spans')} ADD INDEX IF NOT EXISTS ${quoteColumn(`by_${column}`)} ${name} TYPE bloom_filter(0.01) GRANULARITY 1`,
  });
  if (cluster !== null) {
    await connection.command({
      // Materialized here too: a plain column would be sent with every block, and the shards refuse it.
      sql: `ALTER TABLE spans ON CLUSTER ${literal(cluster)} ADD COLUMN IF NOT EXISTS ${name} String MATERIALIZED ${value}`,
    });
  }
  await connection.command({
    sql: `ALTER TABLE ${localTable(admin, 'spans')} MATERIALIZE COLUMN ${name}, MATERIALIZE INDEX ${quoteColumn(`by_${column}`)}`,
    settings: WAIT_FOR_MUTATION,
  });
  await connection.command({ sql: RECORD, params: { key, column, type: 'String' } });
  admin.keys.forget();
}

/**
 * Of letters, digits and _: a dot would make it part of another column (`x.size` is one of every text `x`), and the
 * engine's files bear the name, escaped: one that they cannot have stops every change of stored spans for good.
 */
function columnOf(key: string): string {
  const readable = key.replace(/\W/g, '_').slice(0, 60);
  const hash = readable === key ? '' : `_${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
  return `promoted_${readable}${hash}`;
}

// DDL takes no parameters, so the text is written as ClickHouse's string literal.
const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
