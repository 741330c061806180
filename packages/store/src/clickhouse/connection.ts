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
import { parameterText } from './parameter-text.ts';
import { StatementSender } from './statement-sender.ts';

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

/** One address of ClickHouse; without a sender if only the client understands it. */
interface Host {
  readonly client: ClickHouseClient;
  readonly sender: StatementSender | null;
}

const MAX_CONNECTIONS = 16;
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
  readonly #hosts: readonly Host[];
  #current = 0;

  constructor(options: ConnectionOptions) {
    this.database = options.database;
    this.#hosts = options.url.split(',').map((url) => hostAt(url.trim(), options));
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
    for (const { sender } of this.#hosts) sender?.close();
    await Promise.all(this.#hosts.map(({ client }) => client.close()));
  }

  async #run(statement: Statement, body?: Uint8Array): Promise<Uint8Array> {
    if (isCancelled(statement)) throw new StoreError('QUERY_CANCELLED', 'the query was cancelled');
    const queryId = randomUUID();
    for (let attempt = 0; ; attempt++) {
      const host = this.#hosts[this.#current % this.#hosts.length] as Host;
      try {
        return await exec(host, statement, queryId, body);
      } catch (cause) {
        if (isCancelled(statement)) {
          void host.client.command({ query: KILL, query_params: { id: queryId } }).catch(() => undefined); // best effort
          throw new StoreError('QUERY_CANCELLED', 'the query was cancelled', { cause });
        }
        if (cause instanceof ClickHouseError || attempt + 1 >= this.#hosts.length) throw storeError(cause);
        this.#current++;
      }
    }
  }
}

const isCancelled = ({ signal }: Statement): boolean => signal?.aborted === true;

const KILL = 'KILL QUERY WHERE query_id = {id:String} ASYNC';

function hostAt(url: string, { database, username = 'default', password = '' }: ConnectionOptions): Host {
  const sender = StatementSender.understands(url)
    ? new StatementSender({
        url,
        database,
        username,
        password,
        maxConnections: MAX_CONNECTIONS,
        idleSocketMs: IDLE_SOCKET_MS,
        timeoutMs: REQUEST_TIMEOUT_MS,
      })
    : null;
  const client = createClient({
    url,
    database,
    username,
    password,
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: MAX_CONNECTIONS,
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS },
    log: { level: ClickHouseLogLevel.OFF }, // every failure is thrown as a StoreError
  });
  return { client, sender };
}

async function exec(
  host: Host,
  statement: Statement,
  queryId: string,
  body?: Uint8Array,
): Promise<Uint8Array> {
  const { sql, params = {}, signal } = statement;
  const settings = { wait_end_of_query: 1 as const, ...statement.settings };
  if (host.sender !== null && body === undefined) {
    const keys = [
      ['query_id', queryId] as const,
      ...Object.entries(params).map(([name, value]) => [`param_${name}`, parameterText(value)] as const),
      ...Object.entries(settings).map(([name, value]) => [name, String(value)] as const),
    ];
    return host.sender.send({ sql, keys, signal });
  }
  const { stream } = await host.client.exec({
    query: sql,
    query_id: queryId,
    query_params: { ...params },
    ...(signal !== undefined && { abort_signal: signal }),
    clickhouse_settings: settings,
    ...(body !== undefined && { values: Readable.from([body], { objectMode: false }) }),
  });
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
