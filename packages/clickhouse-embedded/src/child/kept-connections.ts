import { type ConnectionState, changes, NEW_CONNECTION } from './connection-state.ts';
import type { Engine } from './engine/engine.ts';
import type { Connection } from './engine/native-library.ts';

interface Kept {
  readonly connection: Connection;
  state: ConnectionState;
}

const MAX_IDLE = 16;
/** Settings that change others, or forbid to change any. */
const NOT_SHARED = ['compatibility', 'profile', 'readonly'];

/**
 * Connections that statements which only read share, one at a time: a new one costs a short statement a third of its
 * time. One is taken again only by a request that sets everything that was set on it before, so none sees what another
 * has set.
 */
export class KeptConnections {
  readonly #engine: Engine;
  readonly #idle: Kept[] = [];
  #isClosed = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  static canServe({ assigned }: ConnectionState): boolean {
    return !NOT_SHARED.some((name) => assigned.has(name));
  }

  /** `run` gets the statements that bring the connection from its state to the one asked for. */
  async use<T>(
    wanted: ConnectionState,
    run: (connection: Connection, prelude: string) => Promise<T>,
  ): Promise<T> {
    const kept = this.#take(wanted);
    const prelude = changes(kept.state, wanted);
    kept.state = wanted;
    try {
      const result = await run(kept.connection, prelude);
      this.#keep(kept);
      return result;
    } catch (error) {
      // How far it came is not known, nor what is set on the connection.
      this.#engine.disconnect(kept.connection);
      throw error;
    }
  }

  /** When none is in use. */
  close(): void {
    this.#isClosed = true;
    for (const { connection } of this.#idle.splice(0)) this.#engine.disconnect(connection);
  }

  #take(wanted: ConnectionState): Kept {
    // The one used last: those that nobody needs any more become the oldest.
    const at = this.#idle.findLastIndex(({ state }) => mayBecome(state, wanted));
    const [found] = at < 0 ? [] : this.#idle.splice(at, 1);
    return found ?? { connection: this.#engine.connect(), state: NEW_CONNECTION };
  }

  #keep(kept: Kept): void {
    this.#idle.push(kept);
    const surplus = this.#idle.splice(0, this.#isClosed ? this.#idle.length : this.#idle.length - MAX_IDLE);
    for (const { connection } of surplus) this.#engine.disconnect(connection);
  }
}

/** Nothing can be unset: what is set must be set again. */
const mayBecome = (state: ConnectionState, wanted: ConnectionState): boolean =>
  (state.database === '' || wanted.database !== '') &&
  state.assigned.keys().every((name) => wanted.assigned.has(name));
