import { PROMOTED_ATTRIBUTES, type PromotedKind, promotedColumn } from '../block/promoted-attributes.ts';

/** null: one server, or the embedded engine. Otherwise the cluster's name in ClickHouse's configuration. */
export type Cluster = string | null;

const COLUMN_TYPES: Readonly<Record<PromotedKind, string>> = {
  dictionary: 'LowCardinality(String)',
  text: 'String',
  uint16: 'UInt16',
};

const promotedColumns = Array.from(
  PROMOTED_ATTRIBUTES,
  ([key, kind]) => `  ${promotedColumn(key)} ${COLUMN_TYPES[kind]},`,
).join('\n');

export const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The clause that has a statement run on every server of the cluster. */
export const onCluster = (cluster: Cluster): string =>
  cluster === null ? '' : `ON CLUSTER ${quoted(cluster)}`;

/**
 * Fills a migration in for one server or for a cluster, and splits it into statements. On a cluster every
 * sharded table exists twice: `NAME_local` holds a shard's rows, `NAME` is the Distributed table over them.
 */
export function renderMigration(template: string, cluster: Cluster): readonly string[] {
  const values: Readonly<Record<string, string>> =
    cluster === null
      ? {
          on_cluster: '',
          local: '',
          replicated: '',
          deduplication: ', non_replicated_deduplication_window = 10000',
          settings_engine: 'ReplacingMergeTree',
        }
      : {
          on_cluster: onCluster(cluster),
          cluster: quoted(cluster),
          local: '_local',
          replicated: 'Replicated',
          deduplication: '',
          // One replica set over all shards, since every node needs these few rows.
          settings_engine:
            "ReplicatedReplacingMergeTree('/clickhouse/tables/{database}/{table}', '{shard}-{replica}')",
        };
  return template
    .replaceAll(/\{\{#cluster\}\}([\s\S]*?)\{\{\/cluster\}\}/g, (_, body: string) =>
      cluster === null ? '' : body,
    )
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = name === 'promoted_columns' ? promotedColumns : values[name];
      if (value === undefined) throw new Error(`the migration uses {{${name}}}, which is not known`);
      return value;
    })
    .split(/;\s*$/m)
    .map((statement) => statement.replaceAll(/^--.*\n?/gm, '').trim())
    .filter((statement) => statement !== '');
}
