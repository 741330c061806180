import type { Span } from '@utxoiq/model';
import type { SpanBlock } from './block/span-block.ts';
import { Connection } from './clickhouse/connection.ts';
import { StoreError } from './errors.ts';
import { getTrace } from './read/get-trace.ts';
import { KeyCatalogue } from './read/key-catalogue.ts';
import { DEFAULT_LIMITS, type QueryLimits } from './read/limits.ts';
import { listTraces } from './read/list-traces.ts';
import type {
  ListTracesQuery,
  ListTracesResult,
  SpansOfTracesQuery,
  TraceQuery,
  TraceResult,
} from './read/queries.ts';
import type { Reader } from './read/reader.ts';
import { spansOfTraces } from './read/spans-of-traces.ts';
import { loadMigrations, migrate } from './schema/migrate.ts';
import type { Cluster } from './schema/template.ts';
import { type InsertOptions, insertBlock } from './write/insert-block.ts';

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
}

/** Spans in ClickHouse. */
export class TraceStore implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #reader: Reader;
  #closing: Promise<void> | undefined;

  private constructor(connection: Connection, limits: QueryLimits) {
    this.#connection = connection;
    this.#reader = { connection, limits, keys: new KeyCatalogue(connection) };
  }

  /** Connects, makes the database if need be, and brings its schema up to date. */
  static async open(options: StoreOptions): Promise<TraceStore> {
    const { database = 'utxoiq', cluster = null, limits } = options;
    if (!/^\w+$/.test(database)) {
      throw new StoreError('INVALID_OPTION', `database must be letters, digits and _, got ${database}`);
    }
    await createDatabase({ ...options, database }, cluster);
    const connection = new Connection({ ...options, database });
    try {
      await migrate(connection, cluster, await loadMigrations());
    } catch (error) {
      await connection.close();
      throw error;
    }
    return new TraceStore(connection, Object.freeze({ ...DEFAULT_LIMITS, ...limits }));
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
    await this.#connection.command({ sql: 'SELECT 1', signal });
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

  spansOfTraces(query: SpansOfTracesQuery): Promise<readonly Span[]> {
    return spansOfTraces(this.#reader, query);
  }
}

async function createDatabase(options: StoreOptions & { database: string }, cluster: Cluster): Promise<void> {
  const connection = new Connection({ ...options, database: 'default' });
  try {
    const on = cluster === null ? '' : ` ON CLUSTER '${cluster.replaceAll("'", "\\'")}'`;
    await connection.command({ sql: `CREATE DATABASE IF NOT EXISTS ${options.database}${on}` });
  } finally {
    await connection.close();
  }
}
