import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { EmbeddedClickHouse, EmbeddedError, type EmbeddedOptions } from '@utxoiq/clickhouse-embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let directory: string;
let engines: EmbeddedClickHouse[];
const start = async (options: EmbeddedOptions): Promise<EmbeddedClickHouse> => {
  const engine = await EmbeddedClickHouse.start(options);
  engines.push(engine);
  return engine;
};
beforeEach(async () => {
  engines = [];
  directory = await mkdtemp(join(tmpdir(), 'clickhouse-embedded-test-'));
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function ask(url: string, sql: string, query = ''): Promise<string> {
  const response = await fetch(`${url}/?${new URLSearchParams(query === '' ? {} : { query })}`, {
    method: 'POST',
    body: sql,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text;
}
const whyNot = async (dataDir: string, options = {}): Promise<[string, string]> => {
  const error = await EmbeddedClickHouse.start({ dataDir, ...options }).then(
    () => expect.unreachable('it started'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof EmbeddedError)) throw error;
  return [error.code, error.message];
};

const countRunning = (part: string) =>
  `SELECT count() FROM system.processes WHERE query LIKE '%${part}%' AND query NOT LIKE '%system%'`;

describe('EmbeddedClickHouse', () => {
  it('comes back at the same address after a crash, with every acknowledged row', async () => {
    const engine = await start({ dataDir: directory });
    const { url } = engine;
    await ask(
      url,
      'CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 1000',
    );
    const acknowledged: number[] = [];
    let next = 0;
    const insertUntil = async (stop: () => boolean): Promise<void> => {
      while (!stop()) {
        const n = next++;
        const insert = `INSERT INTO t SETTINGS insert_deduplication_token = '${n}' FORMAT TSV`;
        // Refused or cut off: tried again with its token, as the collector does.
        for (;;) {
          const done = await ask(url, `${n}\n`, insert).then(
            () => true,
            () => false,
          );
          if (done) break;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        acknowledged.push(n);
      }
    };
    for (let crash = 1; crash <= 3; crash++) {
      const before = acknowledged.length;
      const inserting = insertUntil(() => engine.restarts >= crash && acknowledged.length > before + 20);
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 5);
      process.kill(engine.enginePid ?? 0, 'SIGKILL');
      await inserting;
    }
    expect(await ask(url, 'SELECT count(), uniqExact(n) FROM t')).toBe(
      `${acknowledged.length}\t${acknowledged.length}\n`,
    );
    expect(engine.url).toBe(url);
  });

  it('answers 503 with Retry-After while the engine is away', async () => {
    const engine = await start({ dataDir: directory });
    let response: Response;
    do {
      if (engine.enginePid !== undefined) process.kill(engine.enginePid, 'SIGKILL');
      await expect.poll(() => engine.enginePid, { interval: 1 }).toBeUndefined();
      response = await fetch(engine.url, { method: 'POST', body: 'SELECT 1' });
    } while (response.ok); // It was back already.
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    await expect.poll(() => ask(engine.url, 'SELECT 1').catch(() => '')).toBe('1\n');
  });

  it('leaves nobody waiting whose connection the engine did not live to get', async () => {
    const engine = await start({ dataDir: directory });
    const pid = engine.enginePid ?? 0;
    process.kill(pid, 'SIGSTOP');
    const connections = [1, 2, 3].map(() => connect(Number(new URL(engine.url).port), '127.0.0.1'));
    const ended = Promise.allSettled(
      connections.map(async (connection) => {
        connection.write(
          'POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 8\r\n\r\nSELECT 1',
        );
        return text(connection);
      }),
    );
    await Promise.all(connections.map((connection) => once(connection, 'connect')));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate); // They are accepted in this process.
    process.kill(pid, 'SIGKILL');
    await ended; // Reset, or 503, or answered by the next engine.
    await engine.stop();
  });

  it('lets running queries end when it stops, keeps the data, and can stop twice', async () => {
    const engine = await start({ dataDir: directory });
    await ask(engine.url, 'CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n');
    const running = ask(engine.url, 'SELECT sleep(2)');
    await expect.poll(() => ask(engine.url, countRunning('sleep(2)'))).toBe('1\n');
    await Promise.all([engine.stop(), engine.stop()]);
    expect(await running).toBe('0\n');
    await expect(fetch(engine.url)).rejects.toThrow();
    const again = await start({ dataDir: directory });
    expect(await ask(again.url, 'SELECT count() FROM t')).toBe('0\n');
  });

  it('cancels what does not end in time', async () => {
    const engine = await start({ dataDir: directory, drainTimeoutMs: 100 });
    const forever = ask(engine.url, 'SELECT count() FROM numbers_mt(1e13)').catch(
      (error: Error) => error.message,
    );
    await expect.poll(() => ask(engine.url, countRunning('1e13'))).toBe('1\n');
    await engine.stop();
    await forever;
  });

  it('says in one line why it cannot start', async () => {
    const engine = await start({ dataDir: directory });
    const port = Number(new URL(engine.url).port);
    await writeFile(join(directory, 'plain'), '');
    const [locked, inUse, missing, plain] = await Promise.all([
      whyNot(directory),
      whyNot(join(directory, 'other'), { port }),
      whyNot('/proc/none/such'),
      whyNot(join(directory, 'plain')),
    ]);
    expect(locked).toEqual(['DIRECTORY_LOCKED', expect.stringContaining('is open in another process')]);
    expect(inUse).toEqual(['PORT_UNAVAILABLE', expect.stringContaining(`127.0.0.1:${port}`)]);
    expect(missing).toEqual(['DIRECTORY_UNWRITABLE', expect.stringContaining('/proc/none')]);
    expect(plain).toEqual(['DIRECTORY_UNWRITABLE', expect.stringContaining('plain')]);
    await mkdir(join(directory, 'damaged/metadata'), { recursive: true });
    await writeFile(join(directory, 'damaged/metadata/broken.sql'), 'no SQL');
    const damaged = await whyNot(join(directory, 'damaged'));
    expect(damaged).toEqual([
      'START_FAILED',
      expect.stringMatching(/damaged: Code: 62\. .*metadata\/broken\.sql/),
    ]);
    for (const [, message] of [locked, inUse, missing, plain, damaged]) {
      expect(message).not.toContain('\n');
    }
    expect(await ask(engine.url, 'SELECT 1')).toBe('1\n');
  });

  it('keeps to its password', async () => {
    const temporary = await start({ dataDir: directory, password: 'se:cret' });
    const status = async (headers: Record<string, string>, path = '/') =>
      (await fetch(`${temporary.url}${path}`, { method: 'POST', body: 'SELECT 1', headers })).status;
    const basic = (password: string) => ({
      Authorization: `Basic ${Buffer.from(`default:${password}`).toString('base64')}`,
    });
    expect([
      await status(basic('se:cret')),
      await status({ 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': 'se:cret' }),
      await status({}, '/?user=default&password=se:cret'),
      await status(basic('wrong')),
      await status({}),
      (await fetch(`${temporary.url}/ping`)).status,
    ]).toEqual([200, 200, 200, 403, 403, 200]);
  });

  it('bounds the queue: what comes too much is told to come again', async () => {
    const temporary = await start({
      dataDir: directory,
      maxConcurrentQueries: 1,
      maxQueuedQueries: 1,
      drainTimeoutMs: 100,
    });
    const refused: string[] = [];
    const endless = Promise.allSettled(
      [1, 2, 3, 4].map(() =>
        ask(
          temporary.url,
          'SELECT sum(sleepEachRow(0.01)) FROM numbers(100000) SETTINGS max_block_size = 1',
        ).catch((error: Error) => refused.push(error.message)),
      ),
    );
    await expect.poll(() => refused.length).toBe(2); // One runs, one waits, for longer than this test.
    expect(refused).toEqual([
      expect.stringContaining('503 Code: 202.'),
      expect.stringContaining('503 Code: 202.'),
    ]);
    await temporary.stop();
    await endless;
  });
});

describe('clickhouse-embedded', () => {
  const BIN = fileURLToPath(new URL('../src/bin.ts', import.meta.url));
  const run = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const firstLine = async (child: ChildProcess): Promise<string> =>
    String((await once(child.stdout ?? child, 'data'))[0]);

  it('serves a directory until SIGTERM, and exits with 0', async () => {
    const child = run('--data-dir', directory, '--port', '0');
    const url = /http:\S+/.exec(await firstLine(child))?.[0] ?? '';
    expect(await ask(url, 'SELECT 1')).toBe('1\n');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('takes its engine with it when it is killed', async () => {
    const child = run('--data-dir', directory, '--port', '0');
    const url = /http:\S+/.exec(await firstLine(child))?.[0] ?? '';
    await ask(url, 'SELECT 1');
    child.kill('SIGKILL');
    // It would stay locked otherwise.
    const engine = await start({ dataDir: directory });
    expect(await ask(engine.url, 'SELECT 1')).toBe('1\n');
  });

  it('tells a mistake in one line, and exits with 1', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const [args, message] of [
      [[], "clickhouse-embedded: dataDir must be the path of a directory, got ''\n"],
      [
        ['--data-dir', directory, '--port', String(port)],
        expect.stringMatching(/^clickhouse-embedded: cannot listen on .* Next: .*\n$/),
      ],
    ] as const) {
      const child = run(...args);
      const text = once(child.stderr ?? child, 'data');
      expect(await once(child, 'exit')).toEqual([1, null]);
      expect(String((await text)[0])).toEqual(message);
    }
    server.close();
  });
});
