import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from '../src/clickhouse/connection.ts';
import { SpanBlock, SpanRows, TraceStore } from '../src/index.ts';
import { spanWith } from './span-with.ts';
import { testCertificate } from './test-certificate.ts';

/** A port that nobody listens on. */
const NOBODY = 'http://127.0.0.1:1';
const PASSWORD = 'p@ss:word';

describe('several hosts in one URL', () => {
  let engine: TemporaryEngine;
  let address = '';
  const servers: Server[] = [];
  beforeAll(async () => {
    engine = await startTemporaryEngine({ password: PASSWORD });
    address = engine.url.replace('//', `//default:${encodeURIComponent(PASSWORD)}@`);
  });
  afterAll(async () => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
    await engine.stop();
  });

  /** A host that answers as told, and how many requests it had. */
  async function host(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    const server = createServer((asked, response) => {
      seen.requests++;
      answer(asked, response);
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const seen = { requests: 0, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    return seen;
  }

  async function answers(connection: Connection): Promise<number | undefined> {
    const result = await connection.query({ sql: 'SELECT 6 * 7 AS x', settings: { max_execution_time: 1 } });
    return result.column<Uint16Array>('x')[0];
  }

  it('moves on from a host that is not there, however many statements find out at once', async () => {
    const connection = new Connection({ url: `${NOBODY}, ${address}`, database: 'default' });
    const all = await Promise.all(Array.from({ length: 20 }, () => answers(connection)));
    expect(new Set(all)).toEqual(new Set([42]));
    await connection.close();
  });

  it('moves on from a host that takes statements and never answers', { timeout: 120_000 }, async () => {
    const silent = await host(() => undefined);
    const connection = new Connection({ url: `${silent.url},${address}`, database: 'default' });
    expect(await answers(connection)).toBe(42);
    expect(await answers(connection)).toBe(42);
    expect(silent.requests).toBe(1);
    await connection.close();
  });

  it('moves on from a host that has lost its Keeper, and not from one that finds fault with the statement', async () => {
    const readOnly = await host((_, response) => {
      response.writeHead(500, { 'x-clickhouse-exception-code': 242 });
      response.end('Code: 242. DB::Exception: Table is in readonly mode. (TABLE_IS_READ_ONLY)');
    });
    const connection = new Connection({ url: `${readOnly.url},${address}`, database: 'default' });
    expect(await answers(connection)).toBe(42);
    expect(await answers(connection)).toBe(42);
    expect(readOnly.requests).toBe(1);
    const other = await host(() => undefined);
    const strict = new Connection({ url: `${address},${other.url}`, database: 'default' });
    await expect(strict.command({ sql: 'SELECT nonsense' })).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    expect(other.requests).toBe(0);
    await Promise.all([connection.close(), strict.close()]);
  });

  it('stores a block once whose answer was lost on the way', async () => {
    const { hostname, port } = new URL(engine.url);
    const lossy = await host((asked, response) => {
      const { method, url = '', headers } = asked;
      const isInsert = url.includes('insert_deduplication_token');
      const forwarded = request({ hostname, port, method, path: url, headers }, (answer) => {
        if (!isInsert) answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
        else answer.resume().once('end', () => asked.socket.destroy());
      });
      asked.pipe(forwarded);
    });
    const url = [lossy.url, engine.url].join(',');
    const store = await TraceStore.open({ url, password: PASSWORD, database: `hosts_${process.pid}` });
    const block = new SpanBlock();
    block.add(
      new SpanRows().of(spanWith({ traceId: 'a'.repeat(32), startUnixNano: 1_795_000_000_000_000_000n })),
    );
    await store.insertBlock(block, { token: 'once' });
    await store.insertBlock(block, { token: 'once' });
    expect((await store.status()).find(({ table }) => table === 'spans')?.rows).toBe(1);
    await store.close();
  });

  it('says that the credentials are wrong, and asks no other host', async () => {
    const other = await host(() => undefined);
    const connection = new Connection({
      url: `${engine.url},${other.url}`,
      database: 'default',
      password: 'another',
    });
    await expect(answers(connection)).rejects.toThrow(/default: Authentication failed/);
    expect(other.requests).toBe(0);
    await connection.close();
  });

  it('asks over TLS whom NODE_EXTRA_CA_CERTS vouches for, and nobody else', async () => {
    const { hostname, port } = new URL(engine.url);
    const server = createTlsServer(testCertificate, (asked, response) => {
      const { method, url: path, headers } = asked;
      asked.pipe(
        request({ hostname, port, method, path, headers }, (answer) =>
          answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers)),
        ),
      );
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const authority = join(tmpdir(), `utxoiq-authority-${process.pid}.pem`);
    await writeFile(authority, testCertificate.cert);
    const credentials = `default:${encodeURIComponent(PASSWORD)}`;
    const url = `https://${credentials}@127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = async (environment: NodeJS.ProcessEnv): Promise<string> => {
      const program = join(import.meta.dirname, 'ask-clickhouse.ts');
      const env = { ...process.env, ...environment };
      return (await promisify(execFile)(process.execPath, [program, url], { env })).stdout.trim();
    };
    expect(await ask({ NODE_EXTRA_CA_CERTS: authority })).toBe('42');
    expect(await ask({ NODE_EXTRA_CA_CERTS: '' })).toMatch(/^UNREACHABLE .*self-signed certificate/);
    await rm(authority);
  });
});
