import type { Engine } from './engine/engine.ts';
import type { Connection } from './engine/native-library.ts';
import { ClickHouseError } from './http/clickhouse-error.ts';
import { identifier, stringLiteral } from './sql/literal.ts';

/** The `session_id`, `session_timeout` and `session_check` of a request. */
export interface SessionRequest {
  id: string;
  timeoutSeconds: number;
  mustExist: boolean;
}

const MAX_SESSIONS = 256;

interface NamedSession {
  connection: Connection;
  busy: boolean;
  isNew: boolean;
  expiry: NodeJS.Timeout | undefined;
}

/** Connections that outlive a request, with their temporary tables and what SET and USE did. */
export class NamedSessions {
  readonly #engine: Engine;
  readonly #sessions = new Map<string, NamedSession>();
  readonly #defaults: string;

  /** `defaults`: assignments for a new session, which a SET in it may change for good. */
  constructor(engine: Engine, defaults: string) {
    this.#engine = engine;
    this.#defaults = defaults;
  }

  async use<T>(
    asked: SessionRequest,
    settingNames: readonly string[],
    run: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const session = this.#lock(asked);
    try {
      const restore = await this.#restoring(session, settingNames);
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
    if (known?.busy) {
      throw new ClickHouseError(373, 'SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client`);
    }
    if (known === undefined && mustExist) {
      throw new ClickHouseError(372, 'SESSION_NOT_FOUND', `Session ${id} not found`);
    }
    if (known === undefined && this.#sessions.size >= MAX_SESSIONS) {
      throw new ClickHouseError(
        202,
        'TOO_MANY_SIMULTANEOUS_QUERIES',
        `${MAX_SESSIONS} sessions are open already`,
      );
    }
    const session = known ?? this.#create();
    session.busy = true;
    clearTimeout(session.expiry);
    this.#sessions.set(id, session);
    return session;
  }

  #create(): NamedSession {
    return { connection: this.#engine.connect(), busy: true, isNew: true, expiry: undefined };
  }

  #close(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    clearTimeout(session.expiry);
    this.#sessions.delete(id);
    this.#engine.disconnect(session.connection);
  }

  // What stands in the URL is for that request only: the statements that put back what it changes.
  async #restoring(session: NamedSession, settingNames: readonly string[]): Promise<string> {
    const { connection, isNew } = session;
    session.isNew = false;
    const defaults = isNew ? `SET ${this.#defaults};` : '';
    const names = settingNames.map(stringLiteral);
    const { bytes } = await this.#engine.query(
      connection,
      `${defaults}SELECT currentDatabase(), name, value, changed FROM system.settings WHERE name IN (${names.join(', ')})`,
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
