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
  /** Sent with every statement, unless it says otherwise. */
  readonly settings?: ClickHouseSettings;
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
/** How much longer than the engine's own limit an answer may take before its host counts as gone. */
const GRACE_MS = 5_000;
const NO_LIMIT_MS = 86_400_000;
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
  readonly #settings: ClickHouseSettings;
  #current = 0;

  constructor(options: ConnectionOptions) {
    this.database = options.database;
    this.#hosts = options.url.split(',').map((url) => hostAt(url.trim(), options));
    this.#settings = { wait_end_of_query: 1, ...options.settings };
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
    const settings = { ...this.#settings, ...statement.settings };
    const first = this.#current;
    for (let attempt = 0; ; attempt++) {
      const index = (first + attempt) % this.#hosts.length;
      const host = this.#hosts[index] as Host;
      try {
        return await exec(host, { ...statement, settings }, queryId, body);
      } catch (cause) {
        if (isCancelled(statement)) {
          void host.client.command({ query: KILL, query_params: { id: queryId } }).catch(() => undefined); // best effort
          throw new StoreError('QUERY_CANCELLED', 'the query was cancelled', { cause });
        }
        if (!isTroubleOfHost(cause)) throw storeError(cause);
        // Of statements that fail at once, the first moves all to the next host.
        if (this.#current === index) this.#current = (index + 1) % this.#hosts.length;
        if (attempt + 1 >= this.#hosts.length) throw storeError(cause);
      }
    }
  }
}

/** What another host may well do: statements are such that one which ran after all can run again. */
const TROUBLES_OF_HOST: ReadonlySet<string> = new Set([
  '198', // DNS_ERROR
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '225', // NO_ZOOKEEPER
  '236', // ABORTED: shutting down
  '242', // TABLE_IS_READ_ONLY: has lost its Keeper
  '243', // NOT_ENOUGH_SPACE
  '279', // ALL_CONNECTION_TRIES_FAILED
  '285', // TOO_FEW_LIVE_REPLICAS
  '319', // UNKNOWN_STATUS_OF_INSERT
  '439', // CANNOT_SCHEDULE_TASK
  '999', // KEEPER_EXCEPTION
]);

const isTroubleOfHost = (cause: unknown): boolean =>
  !(cause instanceof ClickHouseError) || TROUBLES_OF_HOST.has(cause.code);

/** A host that accepts a statement and never answers must not hold it forever. */
function patienceMs({ max_execution_time: seconds }: ClickHouseSettings): number {
  if (seconds === undefined) return REQUEST_TIMEOUT_MS;
  return seconds === 0 ? NO_LIMIT_MS : seconds * 1000 + GRACE_MS;
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
      })
    : null;
  const client = createClient({
    url,
    database,
    // Those in the URL are taken from there, and the client complains about others beside them.
    ...(new URL(url).username === '' && { username, password }),
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
  const { sql, params = {}, settings = {}, signal } = statement;
  if (host.sender !== null && body === undefined) {
    const keys = [
      ['query_id', queryId] as const,
      ...Object.entries(params).map(([name, value]) => [`param_${name}`, parameterText(value)] as const),
      ...Object.entries(settings).map(([name, value]) => [name, String(value)] as const),
    ];
    return host.sender.send({ sql, keys, timeoutMs: patienceMs(settings), signal });
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
  // Also what only starts, stops or has too much to do: whoever asks is to come again, as when it does not answer.
  if (isTroubleOfHost(cause)) {
    return new StoreError('UNREACHABLE', `ClickHouse does not answer: ${(cause as Error).message}`, {
      cause,
    });
  }
  const { code, message } = cause as ClickHouseError;
  return new StoreError(KILLED[code] ?? 'QUERY_FAILED', `ClickHouse: ${message}`, { cause });
}
