import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineOptions } from '../options.ts';
import { changes, NEW_CONNECTION, stateFor } from './connection-state.ts';
import type { Engine } from './engine/engine.ts';
import type { Connection, NativeResult } from './engine/native-library.ts';
import { Places } from './engine/places.ts';
import { ClickHouseError } from './http/clickhouse-error.ts';
import type { QueryRequest } from './http/query-request.ts';
import type { Statement } from './http/statement-source.ts';
import { KeptConnections } from './kept-connections.ts';
import { NamedSessions } from './named-sessions.ts';
import { isKillQuery, rewriteKillQuery } from './sql/kill-query.ts';
import { stringLiteral } from './sql/literal.ts';

export interface QueryResult {
  bytes: Uint8Array;
  elapsedSeconds: number;
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
}

const CANCEL_AFTER_MS = [0, 20, 100, 500, 2_000];

const READS = 0;
/** A program's statements differ in their parameters, not in their text: what they are is asked once. */
const KNOWN_CLASSES = 500;
const MAX_KNOWN_LENGTH = 16_384;
const NO_DEFAULTS: ReadonlyMap<string, string> = new Map();

/** Runs requests on the engine: their places, connections and cancelling. */
export class QueryRunner {
  readonly #engine: Engine;
  readonly #queries: Places;
  readonly #inserts: Places;
  readonly #sessions: NamedSessions;
  readonly #kept: KeptConnections;
  readonly #readDefaults: ReadonlyMap<string, string>;
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #classes = new Map<string, number>();
  #stopping = false;

  constructor(engine: Engine, options: EngineOptions) {
    this.#engine = engine;
    this.#queries = new Places(options.maxConcurrentQueries, options.maxQueuedQueries);
    this.#inserts = new Places(options.maxConcurrentInserts, options.maxQueuedQueries);
    this.#sessions = new NamedSessions(engine, `max_execution_time = ${options.maxQuerySeconds}`);
    this.#kept = new KeptConnections(engine);
    this.#readDefaults = new Map([['max_execution_time', String(options.maxQuerySeconds)]]);
  }

  /** `signal` aborts when nobody waits for the answer any more: a query that reads is then cancelled. */
  async run(request: QueryRequest, statement: Statement, signal: AbortSignal): Promise<QueryResult> {
    const { queryId } = request;
    if (this.#stopping) throw new ClickHouseError(210, 'NETWORK_ERROR', 'The engine is stopping');
    if (this.#running.has(queryId)) {
      throw new ClickHouseError(
        216,
        'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING',
        `Query with id = ${queryId} is already running`,
      );
    }
    const run = this.#inPlace(request, statement, signal);
    this.#running.set(queryId, run);
    try {
      return await run;
    } finally {
      this.#running.delete(queryId);
    }
  }

  /** Takes no more, and resolves when nothing runs any more. */
  async drain(): Promise<void> {
    this.#stopping = true;
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
    this.#sessions.close();
    this.#kept.close();
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((queryId) => this.#cancel(queryId)));
  }

  async #inPlace(request: QueryRequest, statement: Statement, signal: AbortSignal): Promise<QueryResult> {
    if (isKillQuery(statement.sql)) {
      // It frees places, so it cannot wait for one.
      const sql = rewriteKillQuery(statement.sql);
      await this.#classOf(sql);
      return await this.#onConnection(request, { ...statement, sql }, { reads: false });
    }
    const reads = (await this.#classOf(statement.sql)) === READS;
    if (request.readOnly && request.session !== null && !reads) {
      throw new ClickHouseError(164, 'READONLY', 'Cannot execute query in readonly mode');
    }
    const release = await (statement.isInsert ? this.#inserts : this.#queries).take(signal);
    const cancel = () => void this.#cancel(request.queryId);
    if (reads) signal.addEventListener('abort', cancel, { once: true });
    try {
      signal.throwIfAborted();
      return await this.#onConnection(request, statement, { reads });
    } finally {
      signal.removeEventListener('abort', cancel);
      release();
    }
  }

  // The engine would run `a; b`; a server does not, and an injected second statement must not run here either.
  async #classOf(sql: string): Promise<number> {
    const known = this.#classes.get(sql);
    if (known !== undefined) return known;
    const { statementCount, queryClass } = await this.#engine.analyse(sql);
    if (statementCount === 1) {
      if (this.#classes.size >= KNOWN_CLASSES) this.#classes.clear();
      if (sql.length <= MAX_KNOWN_LENGTH) this.#classes.set(sql, queryClass);
      return queryClass;
    }
    if (statementCount > 1) {
      throw new ClickHouseError(62, 'SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)');
    }
    if (sql.trim() === '') throw new ClickHouseError(62, 'SYNTAX_ERROR', 'Syntax error: Empty query');
    // It does not parse: have the engine say where, without running any of it.
    await this.#engine.command(`SELECT formatQuery(${stringLiteral(sql)})`);
    throw new ClickHouseError(62, 'SYNTAX_ERROR', 'Syntax error: not one statement');
  }

  async #onConnection(
    request: QueryRequest,
    statement: Statement,
    { reads }: { readonly reads: boolean },
  ): Promise<QueryResult> {
    const { session, defaultFormat } = request;
    const run = async (connection: Connection, prelude: string): Promise<QueryResult> =>
      toResult(await this.#engine.query(connection, prelude + statement.sql, defaultFormat), statement);
    if (session !== null) {
      const prelude = changes(NEW_CONNECTION, stateFor(request, NO_DEFAULTS));
      const names = ['log_comment', ...request.settings.keys()];
      return await this.#sessions.use(session, names, (connection) => run(connection, prelude));
    }
    const state = stateFor(request, reads ? this.#readDefaults : NO_DEFAULTS);
    if (reads && KeptConnections.canServe(state)) return await this.#kept.use(state, run);
    const connection = this.#engine.connect();
    try {
      return await run(connection, changes(NEW_CONNECTION, state));
    } finally {
      this.#engine.disconnect(connection);
    }
  }

  // Never SYNC: that does not return. Again and again, since a query that is just starting is not yet to be found.
  async #cancel(queryId: string): Promise<void> {
    const kill = `KILL QUERY WHERE Settings['log_comment'] = ${stringLiteral(queryId)} ASYNC FORMAT Null`;
    for (const waitMs of CANCEL_AFTER_MS) {
      await sleep(waitMs, undefined, { ref: false });
      if (!this.#running.has(queryId)) return;
      try {
        await this.#engine.command(kill);
      } catch {
        // The next try; in the end the query goes on until max_execution_time, and its result is dropped.
      }
    }
  }
}

// chDB counts one pair: what was read, or for data from a file what was written.
function toResult(
  { bytes, elapsed, rowsRead, bytesRead }: NativeResult,
  { hasData }: Statement,
): QueryResult {
  const counts = { bytes, elapsedSeconds: elapsed };
  return hasData
    ? { ...counts, readRows: rowsRead, readBytes: bytesRead, writtenRows: rowsRead, writtenBytes: bytesRead }
    : { ...counts, readRows: rowsRead, readBytes: bytesRead, writtenRows: 0, writtenBytes: 0 };
}
