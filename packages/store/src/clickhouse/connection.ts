import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client';
import { StoreError, type StoreErrorCode } from '../errors.ts';
import { type NativeResult, readNative } from '../native/native-reader.ts';

export interface ConnectionOptions {
  /** One or several URLs, separated by commas; the next one is tried when one does not answer. */
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
}

export type Parameters = Readonly<Record<string, unknown>>;

export interface Statement {
  readonly sql: string;
  readonly params?: Parameters;
  readonly settings?: ClickHouseSettings;
  readonly signal?: AbortSignal | undefined;
}

const IDLE_SOCKET_MS = 2_500;
const REQUEST_TIMEOUT_MS = 120_000;
const TIMEOUT_EXCEEDED = '159';
const MEMORY_LIMIT_EXCEEDED = '241';
const QUERY_WAS_CANCELLED = '394';
const KILLED: Readonly<Record<string, StoreErrorCode>> = {
  [TIMEOUT_EXCEEDED]: 'QUERY_TIMEOUT',
  '160': 'QUERY_TIMEOUT',
  [MEMORY_LIMIT_EXCEEDED]: 'QUERY_MEMORY',
  [QUERY_WAS_CANCELLED]: 'QUERY_CANCELLED',
};

/** ClickHouse over HTTP: statements with bound parameters, answers in the Native format. */
export class Connection {
  readonly database: string;
  readonly #clients: readonly ClickHouseClient[];
  #current = 0;

  constructor(options: ConnectionOptions) {
    this.database = options.database;
    this.#clients = options.url.split(',').map((url) =>
      createClient({
        url: url.trim(),
        database: options.database,
        ...(options.username !== undefined && { username: options.username }),
        ...(options.password !== undefined && { password: options.password }),
        request_timeout: REQUEST_TIMEOUT_MS,
        max_open_connections: 16,
        keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS },
        log: { level: ClickHouseLogLevel.OFF }, // every failure is thrown as a StoreError
      }),
    );
  }

  async query(statement: Statement): Promise<NativeResult> {
    return readNative(await this.#run({ ...statement, sql: `${statement.sql}\nFORMAT Native` }));
  }

  async command(statement: Statement): Promise<void> {
    await this.#run(statement);
  }

  /** `sql` is an INSERT that ends in `FORMAT Native`; the bytes are its data. */
  async insert(statement: Statement & { readonly bytes: Uint8Array }): Promise<void> {
    await this.#run(statement, statement.bytes);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #run(statement: Statement, body?: Uint8Array): Promise<Uint8Array> {
    if (isCancelled(statement)) throw new StoreError('QUERY_CANCELLED', 'the query was cancelled');
    const queryId = randomUUID();
    for (let attempt = 0; ; attempt++) {
      const client = this.#clients[this.#current % this.#clients.length] as ClickHouseClient;
      try {
        return await exec(client, statement, queryId, body);
      } catch (cause) {
        if (isCancelled(statement)) {
          void client.command({ query: KILL, query_params: { id: queryId } }).catch(() => undefined); // best effort
          throw new StoreError('QUERY_CANCELLED', 'the query was cancelled', { cause });
        }
        if (cause instanceof ClickHouseError || attempt + 1 >= this.#clients.length) throw storeError(cause);
        this.#current++;
      }
    }
  }
}

const isCancelled = ({ signal }: Statement): boolean => signal?.aborted === true;

const KILL = 'KILL QUERY WHERE query_id = {id:String} ASYNC';

async function exec(client: ClickHouseClient, statement: Statement, queryId: string, body?: Uint8Array) {
  const common = {
    query: statement.sql,
    query_id: queryId,
    ...(statement.params !== undefined && { query_params: { ...statement.params } }),
    ...(statement.signal !== undefined && { abort_signal: statement.signal }),
    clickhouse_settings: { wait_end_of_query: 1 as const, ...statement.settings },
  };
  const { stream } =
    body === undefined
      ? await client.exec(common)
      : await client.exec({ ...common, values: Readable.from([body], { objectMode: false }) });
  return buffer(stream);
}

function storeError(cause: unknown): StoreError {
  if (!(cause instanceof ClickHouseError)) {
    return new StoreError('UNREACHABLE', `ClickHouse does not answer: ${(cause as Error).message}`, {
      cause,
    });
  }
  const code = KILLED[cause.code] ?? 'QUERY_FAILED';
  return new StoreError(code, `ClickHouse: ${cause.message}`, { cause });
}
