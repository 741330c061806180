import type { Engine } from './engine/engine.ts';
import type { Connection } from './engine/native-library.ts';
import { ClickHouseError } from './http/clickhouse-error.ts';
import type { QueryRequest } from './http/query-request.ts';
import { identifier, stringLiteral } from './sql/literal.ts';

/** The `session_id`, `session_timeout` and `session_check` of a request. */
export interface SessionRequest {
  id: string;
  timeoutSeconds: number;
  mustExist: boolean;
}

interface NamedSession {
  connection: Connection;
  busy: boolean;
  expiry: NodeJS.Timeout | undefined;
}

/** Connections that outlive a request, with their temporary tables and what SET and USE did. */
export class NamedSessions {
  readonly #engine: Engine;
  readonly #sessions = new Map<string, NamedSession>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async use<T>(
    asked: SessionRequest,
    request: QueryRequest,
    run: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const session = this.#lock(asked);
    try {
      const restore = await this.#restoring(session.connection, request);
      try {
        return await run(session.connection);
      } finally {
        await this.#engine.query(session.connection, restore, 'Null');
      }
    } finally {
      session.busy = false;
      session.expiry = setTimeout(() => this.#close(asked.id), asked.timeoutSeconds * 1000).unref();
    }
  }

  /** When none is in use. */
  close(): void {
    for (const id of this.#sessions.keys()) this.#close(id);
  }

  #lock({ id, mustExist }: SessionRequest): NamedSession {
    const known = this.#sessions.get(id);
    if (known?.busy)
      throw new ClickHouseError(373, 'SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client`);
    if (known === undefined && mustExist)
      throw new ClickHouseError(372, 'SESSION_NOT_FOUND', `Session ${id} not found`);
    const session = known ?? { connection: this.#engine.connect(), busy: true, expiry: undefined };
    session.busy = true;
    clearTimeout(session.expiry);
    this.#sessions.set(id, session);
    return session;
  }

  #close(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    clearTimeout(session.expiry);
    this.#sessions.delete(id);
    this.#engine.disconnect(session.connection);
  }

  // What stands in the URL is for that request only: the statements that put back what it changes.
  async #restoring(connection: Connection, request: QueryRequest): Promise<string> {
    const names = ['log_comment', 'max_execution_time', 'readonly', ...request.settings.keys()].map(
      stringLiteral,
    );
    const { bytes } = await this.#engine.query(
      connection,
      `SELECT currentDatabase(), name, value, changed FROM system.settings WHERE name IN (${names.join(', ')})`,
      'JSONCompactEachRow',
    );
    const rows = Buffer.from(bytes).toString().trim().split('\n');
    const before = rows.map((row) => JSON.parse(row) as [string, string, string, number]);
    const assignments = before.map(
      ([, name, value, changed]) => `${name} = ${changed ? stringLiteral(value) : 'DEFAULT'}`,
    );
    return `SET ${assignments.join(', ')}; USE ${identifier(before[0]?.[0] ?? 'default')}`;
  }
}
