import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectionState } from './connection-state.ts';
import type { Engine } from './engine/engine.ts';
import type { Connection } from './engine/native-library.ts';
import { KeptConnections } from './kept-connections.ts';

/** Does to a connection what the engine does with USE and SET, and counts what is open. */
class PretendedEngine {
  readonly open = new Map<object, { database: string; assigned: Map<string, string> }>();
  opened = 0;

  connect(): Connection {
    const connection = {};
    this.opened++;
    this.open.set(connection, { database: '', assigned: new Map() });
    return connection as Connection;
  }

  disconnect(connection: Connection): void {
    if (!this.open.delete(connection)) throw new Error('closed twice');
  }

  run(connection: Connection, prelude: string): ConnectionState {
    const state = this.open.get(connection);
    if (state === undefined) throw new Error('not open');
    const database = /USE `(\w*)`;/.exec(prelude)?.[1];
    if (database !== undefined) state.database = database;
    for (const [, name = '', value = ''] of prelude.matchAll(/(\w+) = '(\w*)'/g))
      state.assigned.set(name, value);
    return { database: state.database, assigned: new Map(state.assigned) };
  }
}

const states = fc.record({
  database: fc.constantFrom('', 'a', 'b'),
  assigned: fc
    .dictionary(
      fc.constantFrom('log_comment', 'max_threads', 'param_p0', 'param_p1'),
      fc.constantFrom('1', '2'),
    )
    .map((assigned) => new Map(Object.entries(assigned))),
});

describe('kept connections', () => {
  it('have exactly the state that a new one would have, whoever used them before, also several at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(states, { maxLength: 4 }), { maxLength: 12 }), async (rounds) => {
        const engine = new PretendedEngine();
        const kept = new KeptConnections(engine as unknown as Engine);
        for (const round of rounds) {
          const uses = round.map((state) =>
            kept.use(state, async (connection, prelude) => engine.run(connection, prelude)),
          );
          const found = await Promise.all(uses);
          found.forEach((state, at) => {
            expect(state.database).toBe(round[at]?.database);
            expect(new Map([...state.assigned].sort())).toEqual(
              new Map([...(round[at]?.assigned ?? [])].sort()),
            );
          });
        }
        kept.close();
        expect(engine.open.size).toBe(0);
      }),
    );
  });

  it('are used again, but not after an error', async () => {
    const engine = new PretendedEngine();
    const kept = new KeptConnections(engine as unknown as Engine);
    const state: ConnectionState = { database: 'a', assigned: new Map([['max_threads', '1']]) };
    for (let use = 0; use < 3; use++) await kept.use(state, async () => undefined);
    expect(engine.opened).toBe(1);
    await expect(kept.use(state, () => Promise.reject(new Error('no such table')))).rejects.toThrow(
      'no such',
    );
    expect(engine.open.size).toBe(0);
  });

  it('keep no more idle ones than 16', async () => {
    const engine = new PretendedEngine();
    const kept = new KeptConnections(engine as unknown as Engine);
    const state: ConnectionState = { database: '', assigned: new Map() };
    await Promise.all(Array.from({ length: 40 }, () => kept.use(state, async () => undefined)));
    expect(engine.open.size).toBe(16);
  });
});
