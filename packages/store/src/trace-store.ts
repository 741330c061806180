import type { ClickHouseSettings } from '@clickhouse/client';
import type { Span, TraceOutline } from '@utxoiq/model';
import type { Administrator } from './admin/administrator.ts';
import { type DeleteAttributeQuery, deleteAttribute } from './admin/delete-attribute.ts';
import { type DeleteTraceQuery, deleteTrace } from './admin/delete-trace.ts';
import { promote } from './admin/promote.ts';
import {
  enforceRetention,
  type Removed,
  type Retention,
  readRetention,
  setRetention,
} from './admin/retention.ts';
import { status, type TableStatus } from './admin/status.ts';
import type { SpanBlock } from './block/span-block.ts';
import { Connection } from './clickhouse/connection.ts';
import { StoreError } from './errors.ts';
import { attributeKeys } from './read/attribute-keys.ts';
import { compare } from './read/compare.ts';
import { DataRange } from './read/data-range.ts';
import { dependencies } from './read/dependencies.ts';
import { ExpectedColumns } from './read/expected-columns.ts';
import { getTrace } from './read/get-trace.ts';
import { heatmap } from './read/heatmap.ts';
import { KeyCatalogue } from './read/key-catalogue.ts';
import { DEFAULT_LIMITS, type QueryLimits } from './read/limits.ts';
import { listSpans } from './read/list-spans.ts';
import { listTraces } from './read/list-traces.ts';
import { minutes } from './read/minutes.ts';
import { outline } from './read/outline.ts';
import type {
  AttributeKey,
  AttributeKeysQuery,
  AttributeValuesQuery,
  CompareQuery,
  CompareResult,
  Dependency,
  Facet,
  FacetsQuery,
  HeatmapQuery,
  HeatmapResult,
  ListSpansQuery,
  ListSpansResult,
  ListTracesQuery,
  ListTracesResult,
  MinutesQuery,
  MinutesResult,
  OperationStats,
  ServiceStats,
  SpansOfTracesQuery,
  TimeRangeQuery,
  TimeseriesQuery,
  TimeseriesResult,
  TraceQuery,
  TraceResult,
  ValueCount,
} from './read/queries.ts';
import type { Reader } from './read/reader.ts';
import { type OperationsQuery, operations, type ServicesQuery, services } from './read/services.ts';
import { projectsWithData, type SpansQuery, spansById } from './read/spans-by-id.ts';
import { spansOfTraces } from './read/spans-of-traces.ts';
import { timeseries } from './read/timeseries.ts';
import { TraceDensity } from './read/trace-density.ts';
import { attributeValues, facets } from './read/value-counts.ts';
import { loadMigrations, migrate } from './schema/migrate.ts';
import type { Cluster } from './schema/template.ts';
import { type InsertOptions, insertBlock } from './write/insert-block.ts';

/** Where the store is and how much a query may take. */
export interface StoreOptions {
  /** ClickHouse's HTTP interface; several, separated by commas, are tried in turn. */
  readonly url: string;
  /** Default `utxoiq`; made if it is not there. */
  readonly database?: string;
  readonly username?: string;
  readonly password?: string;
  /** The cluster's name in ClickHouse's configuration; without it, one server. */
  readonly cluster?: string;
  readonly limits?: Partial<QueryLimits>;
  readonly logger?: StoreLogger;
}

/** The part of a pino logger (or `console`) that is used. */
export interface StoreLogger {
  info(message: string): void;
  warn(message: string): void;
}

const CLUSTER_SETTINGS = {
  // Reads ask the replica that takes the writes, so that what was stored is there at once, and stays there from one
  // query to the next. Another replica takes over while that one is away, without its Keeper, or behind.
  load_balancing: 'in_order',
  max_replica_delay_for_distributed_queries: '1',
  distributed_insert_skip_read_only_replicas: 1,
  // A server that is away runs what is for the whole cluster when it is back; nobody waits for it.
  distributed_ddl_output_mode: 'throw_only_active',
  // Mutations may take their time; whoever asked can leave.
  distributed_ddl_task_timeout: '-1',
} as unknown as ClickHouseSettings; // the client's types lack some of these

/** Spans in ClickHouse. */
export class TraceStore implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #reader: Reader;
  readonly #admin: Administrator;
  #closing: Promise<void> | undefined;

  private constructor(connection: Connection, limits: QueryLimits, cluster: Cluster) {
    this.#connection = connection;
    const keys = new KeyCatalogue(connection);
    const data = new DataRange(connection);
    this.#reader = {
      connection,
      limits,
      keys,
      data,
      density: new TraceDensity(),
      columns: new ExpectedColumns(),
    };
    this.#admin = { connection, cluster, keys };
  }

  /** Connects, makes the database if need be, and brings its schema up to date. */
  static async open(options: StoreOptions): Promise<TraceStore> {
    const { database = 'utxoiq', cluster = null, limits } = options;
    if (!/^\w+$/.test(database)) {
      throw new StoreError('INVALID_OPTION', `database must be letters, digits and _, got ${database}`);
    }
    const settings = cluster === null ? {} : CLUSTER_SETTINGS;
    await createDatabase({ ...options, database, settings }, cluster);
    const connection = new Connection({ ...options, database, settings });
    try {
      await migrate(connection, cluster, await loadMigrations());
    } catch (error) {
      await connection.close();
      throw error;
    }
    return new TraceStore(connection, Object.freeze({ ...DEFAULT_LIMITS, ...limits }), cluster);
  }

  close(): Promise<void> {
    this.#closing ??= this.#connection.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Whether the server answers; rejects with a `StoreError` if not. */
  async ping(signal?: AbortSignal): Promise<void> {
    await this.#connection.command({ sql: 'SELECT 1', settings: { max_execution_time: 5 }, signal });
  }

  /** Stores a block, once per token; durable and readable when it resolves. */
  async insertBlock(block: SpanBlock, options: InsertOptions): Promise<void> {
    await insertBlock(this.#connection, block, options);
    this.#reader.keys.forget();
  }

  getTrace(query: TraceQuery): Promise<TraceResult | null> {
    return getTrace(this.#reader, query);
  }

  listTraces(query: ListTracesQuery): Promise<ListTracesResult> {
    return listTraces(this.#reader, query);
  }

  listSpans(query: ListSpansQuery): Promise<ListSpansResult> {
    return listSpans(this.#reader, query);
  }

  attributeKeys(query: AttributeKeysQuery): Promise<readonly AttributeKey[]> {
    return attributeKeys(this.#reader, query);
  }

  attributeValues(query: AttributeValuesQuery): Promise<readonly ValueCount[]> {
    return attributeValues(this.#reader, query);
  }

  services(query: ServicesQuery): Promise<readonly ServiceStats[]> {
    return services(this.#reader, query);
  }

  operations(query: OperationsQuery): Promise<readonly OperationStats[]> {
    return operations(this.#reader, query);
  }

  timeseries(query: TimeseriesQuery): Promise<TimeseriesResult> {
    return timeseries(this.#reader, query);
  }

  minutes(query: MinutesQuery): Promise<MinutesResult> {
    return minutes(this.#reader, query);
  }

  heatmap(query: HeatmapQuery): Promise<HeatmapResult> {
    return heatmap(this.#reader, query);
  }

  facets(query: FacetsQuery): Promise<readonly Facet[]> {
    return facets(this.#reader, query);
  }

  dependencies(query: TimeRangeQuery): Promise<readonly Dependency[]> {
    return dependencies(this.#reader, query);
  }

  compare(query: CompareQuery): Promise<CompareResult> {
    return compare(this.#reader, query);
  }

  outline(query: TraceQuery): Promise<TraceOutline | null> {
    return outline(this.#reader, query);
  }

  spans(query: SpansQuery): Promise<readonly Span[]> {
    return spansById(this.#reader, query);
  }

  /** Spans of many traces in one statement: all of each, or only those without parent. */
  spansOfTraces(query: SpansOfTracesQuery): Promise<readonly Span[]> {
    return spansOfTraces(this.#reader, query);
  }

  /** Removes a trace's spans for good. */
  deleteTrace(query: DeleteTraceQuery): Promise<void> {
    return deleteTrace(this.#admin, query);
  }

  /** Removes an attribute, or one value of it, wherever it is stored. */
  deleteAttribute(query: DeleteAttributeQuery): Promise<void> {
    return deleteAttribute(this.#admin, query);
  }

  /** Gives an attribute a column of its own. */
  promote(key: string): Promise<void> {
    return promote(this.#admin, key);
  }

  retention(): Promise<readonly Retention[]> {
    return readRetention(this.#admin);
  }

  /** Sets how long and how much is kept; `enforceRetention`, to be called every hour or so, carries it out. */
  setRetention(retention: Retention): Promise<void> {
    return setRetention(this.#admin, retention);
  }

  enforceRetention(now?: Date, signal?: AbortSignal): Promise<Removed> {
    return enforceRetention(this.#admin, now, signal);
  }

  status(): Promise<readonly TableStatus[]> {
    return status(this.#admin);
  }

  /** Projects that have spans. */
  projects(): Promise<readonly string[]> {
    return projectsWithData(this.#reader);
  }
}

const DATABASES = 'SELECT count() AS found FROM system.databases WHERE name = {name:String}';

async function createDatabase(
  options: StoreOptions & { readonly database: string; readonly settings: ClickHouseSettings },
  cluster: Cluster,
): Promise<void> {
  const connection = new Connection({ ...options, database: 'default' });
  try {
    // Asked first: with a server of the cluster away, what runs on all of them waits.
    const found = await connection.query({ sql: DATABASES, params: { name: options.database } });
    if (found.column<BigUint64Array>('found')[0] !== 0n) return;
    const on = cluster === null ? '' : ` ON CLUSTER '${cluster.replaceAll("'", "\\'")}'`;
    await connection.command({ sql: `CREATE DATABASE IF NOT EXISTS ${options.database}${on}` });
  } finally {
    await connection.close();
  }
}
