import { StoreError, type TraceStore } from '@utxoiq/store';
import { describe, expect, it } from 'vitest';
import { openStore } from './open-store.ts';

const url = 'http://user:secret@127.0.0.1:1';
const store = {} as TraceStore;
const down = () => Promise.reject(new StoreError('UNREACHABLE', 'ClickHouse does not answer'));

describe('openStore', () => {
  it('tries again while the engine does not answer, and says so once, without the password', async () => {
    const answers = [down, down, () => Promise.resolve(store)];
    const said: string[] = [];
    const open = () => (answers.shift() ?? down)();
    expect(await openStore({ url }, { say: (line) => said.push(line), open })).toBe(store);
    expect(said).toEqual([
      'ClickHouse at http://127.0.0.1:1 does not answer yet; trying again for up to 30 s',
    ]);
  });

  it('gives up after its time, and at once for what waiting does not mend', async () => {
    const options = { say: () => undefined, giveUpAfterMs: 300 };
    let tries = 0;
    const failing = (error: StoreError) => () => {
      tries++;
      return Promise.reject(error);
    };
    const away = failing(new StoreError('UNREACHABLE', 'away'));
    await expect(openStore({ url }, { ...options, open: away })).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
    expect(tries).toBeLessThanOrEqual(2); // At the start, and after a quarter of a second.
    tries = 0;
    const newer = failing(new StoreError('SCHEMA_NEWER', 'newer'));
    await expect(openStore({ url }, { ...options, open: newer })).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
    });
    expect(tries).toBe(1);
  });
});
