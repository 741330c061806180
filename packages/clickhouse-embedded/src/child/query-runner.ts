import type { EngineOptions } from '../options.ts';
import type { Engine } from './engine/engine.ts';
import { Places } from './engine/places.ts';
import { ClickHouseError } from './http/clickhouse-error.ts';
import type { QueryRequest } from './http/query-request.ts';
import type { Statement } from './http/statement-source.ts';
import { identifier, stringLiteral } from './sql/literal.ts';

export interface QueryResult {
  bytes: Uint8Array;
  elapsedSeconds: number;
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
}

const SETTING_NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** Runs requests on the engine: places, settings, parameters, cancelling. */
export class QueryRunner {
  readonly #engine: Engine;
  readonly #queries: Places;
  readonly #inserts: Places;
  readonly #running = new Set<Promise<unknown>>();

  constructor(engine: Engine, options: EngineOptions) {
    this.#engine = engine;
    this.#queries = new Places(options.maxConcurrentQueries, options.maxQueuedQueries);
    this.#inserts = new Places(options.maxConcurrentInserts, options.maxQueuedQueries);
  }

  /** `signal` aborts when nobody waits for the answer any more: the engine is then told to stop. */
  async run(request: QueryRequest, statement: Statement, signal: AbortSignal): Promise<QueryResult> {
    await this.#refuseSeveral(statement);
    const places = statement.isInsert ? this.#inserts : this.#queries;
    const release = await places.take(signal);
    const run = this.#runNow(request, statement, signal).finally(release);
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  /** Resolves when nothing runs any more. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #runNow(request: QueryRequest, statement: Statement, signal: AbortSignal): Promise<QueryResult> {
    const mark = `http-${crypto.randomUUID()}`;
    const sql = `${prelude(request, mark)}${statement.sql}`;
    const connection = this.#engine.connect();
    const cancel = () => void this.#cancel(mark);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const { bytes, elapsed, rowsRead, bytesRead } = await this.#engine.query(
        connection,
        sql,
        request.defaultFormat,
      );
      const [read, written] = statement.isInsert ? [0, 1] : [1, 0];
      return {
        bytes,
        elapsedSeconds: elapsed,
        readRows: rowsRead * read,
        readBytes: bytesRead * read,
        writtenRows: rowsRead * written,
        writtenBytes: bytesRead * written,
      };
    } finally {
      signal.removeEventListener('abort', cancel);
      this.#engine.release(connection, false);
    }
  }

  // The engine would run `a; b`; a server does not, and an injected second statement must not run here either.
  async #refuseSeveral({ sql }: Statement): Promise<void> {
    const { statementCount } = await this.#engine.analyse(sql);
    if (statementCount === 1) return;
    if (statementCount > 1) {
      throw new ClickHouseError(62, 'SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)');
    }
    // It does not parse: have the engine say where, without running any of it.
    if (sql.trim() === '') throw new ClickHouseError(62, 'SYNTAX_ERROR', 'Syntax error: Empty query');
    await this.#engine.command(`SELECT formatQuery(${stringLiteral(sql)})`);
    throw new ClickHouseError(62, 'SYNTAX_ERROR', 'Syntax error: not one statement');
  }

  // Never SYNC: that does not return.
  async #cancel(mark: string): Promise<void> {
    const kill = `KILL QUERY WHERE Settings['log_comment'] = ${stringLiteral(mark)} ASYNC`;
    try {
      await this.#engine.command(kill);
    } catch {
      // The query goes on until max_execution_time; its result is dropped.
    }
  }
}

/** One text with the statement: it stops at the first error, so nothing runs with half of its settings. */
function prelude(request: QueryRequest, mark: string): string {
  const parts: string[] = [];
  if (request.database !== '') parts.push(`USE ${identifier(request.database)}`);
  const assignments = [`log_comment = ${stringLiteral(mark)}`];
  for (const [name, value] of request.settings) {
    if (!SETTING_NAME.test(name)) {
      throw new ClickHouseError(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`);
    }
    assignments.push(`${name} = ${stringLiteral(value)}`);
  }
  for (const [name, value] of request.parameters) {
    if (!SETTING_NAME.test(name))
      throw new ClickHouseError(36, 'BAD_ARGUMENTS', `bad parameter name ${name}`);
    assignments.push(`param_${name} = ${stringLiteral(value)}`);
  }
  if (request.readOnly && !request.settings.has('readonly')) assignments.push('readonly = 2');
  parts.push(`SET ${assignments.join(', ')}`);
  return `${parts.join(';')};`;
}
