import { readdir, readFile } from 'node:fs/promises';
import type { Connection } from '../clickhouse/connection.ts';
import { StoreError } from '../errors.ts';
import { applyNewerSettings } from './newer-settings.ts';
import { type Cluster, renderMigration } from './template.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly template: string;
}

const DIRECTORY = new URL('migrations/', import.meta.url);

/** The numbered migrations of this program, in order; `0001-spans.sql` is version 1. */
export async function loadMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(DIRECTORY)).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      version: Number(name.slice(0, 4)),
      name: name.slice(0, -4),
      template: await readFile(new URL(name, DIRECTORY), 'utf8'),
    })),
  );
}

const CREATE_VERSIONS = `
CREATE TABLE IF NOT EXISTS schema_version {{on_cluster}} (
  version UInt32,
  name String,
  set_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {{settings_engine}}
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;
const HAS_VERSIONS =
  "SELECT count() AS found FROM system.tables WHERE database = currentDatabase() AND name = 'schema_version'";
const READ_VERSION = 'SELECT max(version) AS version FROM schema_version';
const RECORD_VERSION = 'INSERT INTO schema_version (version, name) SELECT {version:UInt32}, {name:String}';

/**
 * Brings the schema up to this program's version. Every statement may run twice (IF NOT EXISTS), so several
 * processes may do this at once: each runs what it finds missing, and whoever comes second changes nothing.
 */
export async function migrate(
  connection: Connection,
  cluster: Cluster,
  migrations: readonly Migration[],
): Promise<void> {
  await makeVersions(connection, cluster);
  const result = await connection.query({ sql: READ_VERSION });
  const current = result.column<Uint32Array>('version')[0] ?? 0;
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new StoreError(
      'SCHEMA_NEWER',
      `database ${connection.database} has schema version ${current}, this program knows up to ${newest}: start the newer program, or another database`,
    );
  }
  for (const migration of migrations.filter(({ version }) => version > current)) {
    await apply(connection, cluster, migration);
    const { version, name } = migration;
    await applyNewerSettings(connection, cluster, version);
    await connection.command({ sql: RECORD_VERSION, params: { version, name } });
  }
}

/** Asked first: with a server of the cluster away, what runs on all of them waits. */
async function makeVersions(connection: Connection, cluster: Cluster): Promise<void> {
  const result = await connection.query({ sql: HAS_VERSIONS });
  if (result.column<BigUint64Array>('found')[0] !== 0n) return;
  for (const sql of renderMigration(CREATE_VERSIONS, cluster)) await connection.command({ sql });
}

async function apply(connection: Connection, cluster: Cluster, migration: Migration): Promise<void> {
  const { name, template } = migration;
  for (const sql of renderMigration(template, cluster)) {
    try {
      await connection.command({ sql });
    } catch (cause) {
      // A server that went away meanwhile comes back: whoever opens the store may try again.
      if (cause instanceof StoreError && cause.code === 'UNREACHABLE') throw cause;
      const statement = sql.replaceAll(/\s+/g, ' ').slice(0, 120);
      throw new StoreError('MIGRATION_FAILED', `migration ${name} failed at: ${statement}`, { cause });
    }
  }
}
