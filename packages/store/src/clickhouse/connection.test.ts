import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Connection } from './connection.ts';

it.each([
  // The embedded engine's own words while it starts again.
  ['210', 'The engine is starting again, try again in a second. (NETWORK_ERROR)', 'UNREACHABLE'],
  ['202', 'Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)', 'UNREACHABLE'],
  ['62', 'Syntax error. (SYNTAX_ERROR)', 'QUERY_FAILED'],
  ['159', 'Timeout exceeded. (TIMEOUT_EXCEEDED)', 'QUERY_TIMEOUT'],
])('says whether it is worth to ask again: code %s', async (code, words, expected) => {
  const server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(503, { 'x-clickhouse-exception-code': code })
      .end(`Code: ${code}. DB::Exception: ${words}\n`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = new Connection({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    database: 'd',
  });
  onTestFinished(async () => {
    await connection.close();
    server.closeAllConnections();
    server.close();
  });
  const bytes = new Uint8Array([1]);
  await expect(connection.query({ sql: 'SELECT 1' })).rejects.toMatchObject({ code: expected });
  await expect(connection.insert({ sql: 'INSERT INTO t FORMAT Native', bytes })).rejects.toMatchObject({
    code: expected,
  });
});
