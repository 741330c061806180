import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceToText, scopeToText } from '../src/block/resource-text.ts';
import { Connection } from '../src/clickhouse/connection.ts';
import { TraceStore } from '../src/index.ts';
import { loadMigrations, migrate } from '../src/schema/migrate.ts';
import { onCluster, renderMigration } from '../src/schema/template.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';

const NOTHING = {
  attributes: new Map(),
  droppedAttributesCount: 0,
  schemaUrl: '',
  name: '',
  version: '',
};

/** One span with all that became `details`, and one with none of it. */
const SPANS_OF_VERSION_1 = `
INSERT INTO spans (resource, scope, trace_id, span_id, start, duration, trace_state, dropped_attributes, dropped_events, dropped_links,
  events_time, events_name, events_attributes, events_dropped, links_trace_id, links_span_id, links_details)
SELECT '${resourceToText(NOTHING)}', '${scopeToText(NOTHING)}', unhex('${'a1'.repeat(16)}'), unhex('${'01'.repeat(8)}'), fromUnixTimestamp64Nano(1763805600000000000, 'UTC'), 2,
  'vendor="1"', 1, 2, 3,
  [fromUnixTimestamp64Nano(1763805600000000001, 'UTC'), fromUnixTimestamp64Nano(-1, 'UTC')], ['say "hi"\\n', ''],
  ['[{"key":"n","value":{"intValue":"4611686018427387904"}}]', ''], [4, 0],
  [unhex('${'b2'.repeat(16)}')], [unhex('${'03'.repeat(8)}')],
  ['{"traceState":"x=y","attributes":[{"key":"why","value":{"stringValue":"batch"}}],"dropped":5,"flags":257}']
UNION ALL
SELECT '${resourceToText(NOTHING)}', '${scopeToText(NOTHING)}', unhex('${'a1'.repeat(16)}'), unhex('${'02'.repeat(8)}'), fromUnixTimestamp64Nano(1763805600000000000, 'UTC'), 1,
  '', 0, 0, 0, [], [], [], [], [], [], []`;

describe('migrations', () => {
  const cluster = GIVEN_CLUSTER.cluster ?? null;
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
    const synced = `SELECT name FROM system.tables WHERE database = currentDatabase()
      AND engine LIKE '%ReplacingMergeTree' AND engine_full LIKE '%fsync_after_insert = 1%' ORDER BY name`;
    expect(await statement(synced)).toBe('promoted_attributes\nretention\nschema_version\n');
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

  it('keep what an earlier version stored, however many processes migrate at once', async () => {
    const earlier = `${database}_1`;
    await statement(`CREATE DATABASE ${earlier} ${onCluster(cluster)}`);
    const connection = new Connection({ url, database: earlier });
    await migrate(connection, cluster, (await loadMigrations()).slice(0, 1));
    await connection.command({ sql: SPANS_OF_VERSION_1 });
    await connection.close();
    const open = () => TraceStore.open({ url, ...GIVEN_CLUSTER, database: earlier });
    const [store, other] = await Promise.all([open(), open()]);
    const trace = await store.getTrace({ projects: 'all', traceId: 'a1'.repeat(16) });
    expect(trace?.spans).toMatchObject([
      {
        spanId: '01'.repeat(8),
        traceState: 'vendor="1"',
        droppedAttributesCount: 1,
        events: [
          {
            timeUnixNano: 1_763_805_600_000_000_001n,
            name: 'say "hi"\n',
            attributes: new Map([['n', 2n ** 62n]]),
            droppedAttributesCount: 4,
          },
          { timeUnixNano: 2n ** 64n - 1n, name: '', attributes: new Map(), droppedAttributesCount: 0 },
        ],
        droppedEventsCount: 2,
        links: [
          {
            traceId: 'b2'.repeat(16),
            spanId: '03'.repeat(8),
            traceState: 'x=y',
            attributes: new Map([['why', 'batch']]),
            droppedAttributesCount: 5,
            flags: 257,
          },
        ],
        droppedLinksCount: 3,
      },
      { spanId: '02'.repeat(8), traceState: '', droppedAttributesCount: 0, events: [], links: [] },
    ]);
    await Promise.all([store.close(), other.close()]);
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
