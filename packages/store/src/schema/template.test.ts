import { describe, expect, it } from 'vitest';
import type { Connection } from '../clickhouse/connection.ts';
import { StoreError } from '../errors.ts';
import { loadMigrations, migrate } from './migrate.ts';
import { renderMigration } from './template.ts';

const TEMPLATE = `
-- A comment.
CREATE TABLE t{{local}} {{on_cluster}} (x UInt8) ENGINE = {{replicated}}MergeTree ORDER BY x SETTINGS a = 1{{deduplication}};
CREATE TABLE s {{on_cluster}} (x UInt8) ENGINE = {{settings_engine}} ORDER BY x;
{{#cluster}}
CREATE TABLE t {{on_cluster}} AS t_local ENGINE = Distributed({{cluster}}, currentDatabase(), t_local);
{{/cluster}}
`;

describe('renderMigration', () => {
  it('makes plain tables for one server', () => {
    expect(renderMigration(TEMPLATE, null)).toEqual([
      'CREATE TABLE t  (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS a = 1, non_replicated_deduplication_window = 10000',
      'CREATE TABLE s  (x UInt8) ENGINE = ReplacingMergeTree ORDER BY x',
    ]);
  });

  it('makes replicated tables and a distributed one over them for a cluster', () => {
    expect(renderMigration(TEMPLATE, "it's")).toEqual([
      "CREATE TABLE t_local ON CLUSTER 'it\\'s' (x UInt8) ENGINE = ReplicatedMergeTree ORDER BY x SETTINGS a = 1",
      "CREATE TABLE s ON CLUSTER 'it\\'s' (x UInt8) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{database}/{table}', '{shard}-{replica}') ORDER BY x",
      "CREATE TABLE t ON CLUSTER 'it\\'s' AS t_local ENGINE = Distributed('it\\'s', currentDatabase(), t_local)",
    ]);
  });

  it('refuses a name it does not know', () => {
    expect(() => renderMigration('SELECT {{what}}', null)).toThrow('{{what}}');
  });
});

it('numbers migrations without gaps, and each can be rendered both ways', async () => {
  const migrations = await loadMigrations();
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  for (const { template } of migrations) {
    for (const cluster of [null, 'c']) {
      const statements = renderMigration(template, cluster);
      expect(statements.join('\n')).not.toContain('{{');
      expect(
        statements.every((statement) =>
          /^(CREATE (OR REPLACE TABLE|(TABLE|MATERIALIZED VIEW) IF NOT EXISTS)|ALTER TABLE) /.test(statement),
        ),
      ).toBe(true);
    }
  }
});

it('places what is inserted into a cluster by what the rows say, never at random', async () => {
  const places = new Map<string, string>();
  for (const { template } of await loadMigrations()) {
    for (const statement of renderMigration(template, 'c')) {
      const [, table = '', place] =
        /^CREATE .*TABLE (?:IF NOT EXISTS )?(\w+)[\s\S]*Distributed\(.*, (.*)\)$/.exec(statement) ?? [];
      if (place !== undefined) places.set(table, place);
    }
  }
  expect(Object.fromEntries(places)).toEqual({
    spans: 'cityHash64(trace_id)',
    traces: 'cityHash64(trace_id)',
    attribute_keys: 'cityHash64(key)',
    red: 'rand()', // its rows come from views beside the spans, never through this table
  });
});

it('says in one line where a migration failed, and that the server is away if it is', async () => {
  const failing = (code: 'UNREACHABLE' | 'QUERY_FAILED') =>
    ({
      database: 'd',
      query: async () => ({ column: (name: string) => (name === 'found' ? [1n] : [0]) }),
      command: async () => Promise.reject(new StoreError(code, 'no')),
    }) as unknown as Connection;
  const migrations = [{ version: 1, name: '0001-x', template: 'CREATE TABLE t\n(x UInt8)' }];
  await expect(migrate(failing('UNREACHABLE'), null, migrations)).rejects.toMatchObject({
    code: 'UNREACHABLE',
  });
  await expect(migrate(failing('QUERY_FAILED'), null, migrations)).rejects.toMatchObject({
    code: 'MIGRATION_FAILED',
    message: 'migration 0001-x failed at: CREATE TABLE t (x UInt8)',
  });
});
