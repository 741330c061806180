import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promote } from '../src/admin/promote.ts';
import { Connection } from '../src/clickhouse/connection.ts';
import { SpanBlock, SpanRows, TraceStore } from '../src/index.ts';
import { KeyCatalogue } from '../src/read/key-catalogue.ts';
import { loadMigrations } from '../src/schema/migrate.ts';
import { renderMigration } from '../src/schema/template.ts';
import { insertBlock } from '../src/write/insert-block.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';
import { spanWith } from './span-with.ts';

const BASE = 1_795_000_000_000_000_000n;
const DAY = 86_400_000_000_000n;
const cluster = GIVEN_CLUSTER.cluster ?? null;

function blockOf(first: number, count: number): SpanBlock {
  const block = new SpanBlock();
  const rows = new SpanRows();
  for (let index = first; index < first + count; index++) {
    const span = spanWith({
      traceId: (index + 1).toString(16).padStart(32, '0'),
      startUnixNano: BASE + BigInt(index % 3) * DAY + BigInt(index) * 1_000_000_000n,
      attributes: new Map([['user.id', `user-${index % 10}`]]),
    });
    block.add(rows.of(span));
  }
  return block;
}

describe('a database of version 1', () => {
  let engine: TemporaryEngine | undefined;
  let url = '';
  const database = `upgrade_${process.pid}`;
  let connection: Connection;
  const number = async (sql: string): Promise<number> =>
    Number(
      (await connection.query({ sql: `SELECT assumeNotNull(toInt64(${sql})) AS n` })).column<BigInt64Array>(
        'n',
      )[0],
    );

  /** What the first release made: another order, settings that do not matter here. */
  async function makeVersion1(): Promise<void> {
    const [first] = await loadMigrations();
    const released = 'ORDER BY (toStartOfMinute(start), service, name, trace_id)';
    const template = (first?.template ?? '').replace(/ORDER BY \(toStartOfMinute\(start\).*\)/, released);
    expect(template).toContain(released);
    for (const sql of renderMigration(template, cluster)) await connection.command({ sql });
    const on = cluster === null ? '' : `ON CLUSTER '${cluster}'`;
    await connection.command({
      sql: `CREATE TABLE schema_version ${on} (version UInt32, name String, set_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = ReplacingMergeTree ORDER BY version`,
    });
    await connection.command({ sql: "INSERT INTO schema_version (version, name) SELECT 1, '0001-spans'" });
  }

  beforeAll(async () => {
    engine = await startTemporaryEngine();
    url = GIVEN_URL ?? engine.url;
    await (await TraceStore.open({ url, ...GIVEN_CLUSTER, database: `${database}_other` })).close();
    const other = new Connection({ url, database: `${database}_other` });
    const on = cluster === null ? '' : `ON CLUSTER '${cluster}'`;
    await other.command({ sql: `CREATE DATABASE ${database} ${on}` });
    await other.close();
    // As the store's own: reads ask the replicas that were written to.
    connection = new Connection({ url, database, settings: { load_balancing: 'in_order' } });
    await makeVersion1();
    await insertBlock(connection, blockOf(0, 900), { token: 'a' });
    await promote({ connection, cluster, keys: new KeyCatalogue(connection) }, 'user.id');
    await insertBlock(connection, blockOf(900, 100), { token: 'b' });
  });
  afterAll(async () => {
    await connection.close();
    await engine?.stop();
  });

  it('has its spans moved into the new order once, however many processes start at once', async () => {
    const stores = await Promise.all(
      [1, 2, 3].map(() => TraceStore.open({ url, ...GIVEN_CLUSTER, database })),
    );
    expect(await number('(SELECT count() FROM spans)')).toBe(1000);
    expect(await number('(SELECT uniqExact(trace_id) FROM spans)')).toBe(1000);
    expect(
      await number("(SELECT countIf(`promoted_user.id` = attributes_string['user.id']) FROM spans)"),
    ).toBe(1000);
    expect(await number('(SELECT sum(spans) FROM traces)')).toBe(1000);
    expect(await number('(SELECT sum(count) FROM red)')).toBe(1000);
    const tables = "FROM system.tables WHERE database = currentDatabase() AND name LIKE 'spans%'";
    expect(await number(`(SELECT countIf(sorting_key LIKE '%, start') ${tables})`)).toBe(1);
    expect(await number(`(SELECT countIf(name LIKE 'spans_v1%') ${tables})`)).toBe(0);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('feeds its rollups from then on', async () => {
    await using store = await TraceStore.open({ url, ...GIVEN_CLUSTER, database });
    await store.insertBlock(blockOf(1000, 50), { token: 'c' });
    // On a cluster, another replica that answers has them a moment later.
    for (const sum of ['count() FROM spans', 'sum(spans) FROM traces', 'sum(count) FROM red']) {
      await expect.poll(() => number(`(SELECT ${sum})`), { timeout: 60_000 }).toBe(1050);
    }
  });
});
