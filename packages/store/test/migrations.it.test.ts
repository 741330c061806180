import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from '../src/clickhouse/connection.ts';
import { TraceStore } from '../src/index.ts';
import { loadMigrations, migrate } from '../src/schema/migrate.ts';
import { renderMigration } from '../src/schema/template.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';

describe('migrations', () => {
  let engine: TemporaryEngine | undefined;
  let url = '';
  const database = `migrations_${process.pid}`;
  const statement = async (sql: string): Promise<string> => {
    const { origin, username, password } = new URL(url.split(',')[0] ?? '');
    const headers = { authorization: `Basic ${btoa(`${username || 'default'}:${password}`)}` };
    const response = await fetch(`${origin}/?database=${database}`, { method: 'POST', body: sql, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };
  beforeAll(async () => {
    engine = await startTemporaryEngine();
    url = GIVEN_URL ?? engine.url;
  });
  afterAll(() => engine?.stop());

  it('are done once, however many processes start at once', async () => {
    const stores = await Promise.all(
      [1, 2, 3].map(() => TraceStore.open({ url, ...GIVEN_CLUSTER, database })),
    );
    expect(await statement('SELECT count(DISTINCT version) = max(version) FROM schema_version')).toBe('1\n');
    await Promise.all(stores.map((store) => store.close()));
    await (await TraceStore.open({ url, ...GIVEN_CLUSTER, database })).close();
  });

  it('sort spans so that a range of time skips what is outside of it', async () => {
    const table = 'cluster' in GIVEN_CLUSTER ? 'spans_local' : 'spans';
    for (const [seconds, name] of [
      [0, 'early'],
      [7200, 'late'],
    ]) {
      const rows = `SELECT toDateTime64('2026-11-22 10:00:00', 9, 'UTC') + ${seconds} + number / 10, '${name}' FROM numbers(30000)`;
      await statement(`INSERT INTO ${table} (start, name) ${rows}`);
    }
    await statement(`OPTIMIZE TABLE ${table} FINAL`);
    const inMinute = `start >= '2026-11-22 10:05:00' AND start < '2026-11-22 10:06:00'`;
    const plan = await statement(
      `EXPLAIN indexes = 1, json = 1 SELECT name FROM ${table} WHERE ${inMinute} FORMAT TSVRaw`,
    );
    const ofPrimaryKey = /"Type": "PrimaryKey"[^}]*?"Selected Granules": (\d+)/s.exec(plan);
    expect(Number(ofPrimaryKey?.[1]), plan).toBeLessThan(3);
  });

  it('go forward with what is stored, once', async () => {
    const connection = new Connection({ url, database });
    const cluster = GIVEN_CLUSTER.cluster ?? null;
    const template =
      'CREATE TABLE IF NOT EXISTS notes{{local}} {{on_cluster}} (text String) ENGINE = {{replicated}}MergeTree ORDER BY text;';
    const newer = [...(await loadMigrations()), { version: 2, name: '0002-notes', template }];
    const spans = await statement('SELECT count() FROM spans');
    await Promise.all([1, 2].map(() => migrate(connection, cluster, newer)));
    expect(await statement('SELECT name FROM schema_version FINAL WHERE version = 2')).toBe('0002-notes\n');
    expect(await statement(`EXISTS TABLE ${cluster === null ? 'notes' : 'notes_local'}`)).toBe('1\n');
    expect(await statement('SELECT count() FROM spans')).toBe(spans);
    await connection.close();
    await expect(TraceStore.open({ url, ...GIVEN_CLUSTER, database })).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
    });
  });

  it('refuse a database of a newer program', async () => {
    await statement("INSERT INTO schema_version (version, name) VALUES (9999, 'later')");
    await expect(TraceStore.open({ url, ...GIVEN_CLUSTER, database })).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
      message: expect.stringContaining('9999'),
    });
  });

  // Running them takes a Keeper and several servers: bench/cluster. The engine's own parser at least reads them all.
  it('are valid statements for a cluster, too', async () => {
    const quoted = (sql: string): string => `'${sql.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    for (const { template } of await loadMigrations()) {
      for (const sql of renderMigration(template, 'utxoiq')) {
        expect(await statement(`SELECT formatQuery(${quoted(sql)})`)).toMatch(/ON CLUSTER .?utxoiq|^INSERT/);
      }
    }
  });

  it('say that nobody answers', async () => {
    await expect(TraceStore.open({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
  });
});
