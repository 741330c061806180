import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClickHouseError } from '@clickhouse/client';
import { afterEach, describe, expect, it } from 'vitest';
import { parameterText } from './parameter-text.ts';
import { StatementSender } from './statement-sender.ts';

const opened: { sender: StatementSender; server: Server }[] = [];
afterEach(() => {
  for (const { sender, server } of opened.splice(0)) {
    sender.close();
    server.closeAllConnections();
    server.close();
  }
});

const PATIENCE_MS = 60_000;

async function senderTo(answer: RequestListener): Promise<StatementSender> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sender = new StatementSender({
    url: `http://user:p%40ss@127.0.0.1:${(server.address() as AddressInfo).port}`,
    database: 'd',
    username: 'default',
    password: '',
    maxConnections: 2,
    idleSocketMs: 60_000,
  });
  opened.push({ sender, server });
  return sender;
}

describe('StatementSender', () => {
  it('sends the statement as the body, keys in the URL, and the URL’s own credentials', async () => {
    const sender = await senderTo((request, response) => {
      const { url = '', headers } = request;
      request
        .toArray()
        .then((chunks) => response.end(`${url} ${headers.authorization} ${Buffer.concat(chunks)}`));
    });
    const answer = await sender.send({
      sql: 'SELECT {x:String}',
      keys: [['param_x', 'a&b']],
      timeoutMs: PATIENCE_MS,
    });
    const credentials = Buffer.from('user:p@ss').toString('base64');
    expect(Buffer.from(answer).toString()).toBe(
      `/?database=d&param_x=a%26b Basic ${credentials} SELECT {x:String}`,
    );
  });

  it('sends once more when a kept connection turns out to be closed, and only then', async () => {
    let requests = 0;
    const sender = await senderTo((request, response) => {
      requests++;
      // The second request comes on the connection of the first.
      if (requests >= 2 && requests !== 3) request.socket.destroy();
      else response.end('ok');
    });
    for (let round = 0; round < 2; round++) {
      expect(
        Buffer.from(await sender.send({ sql: 'SELECT 1', keys: [], timeoutMs: PATIENCE_MS })).toString(),
      ).toBe('ok');
    }
    expect(requests).toBe(3);
    await expect(sender.send({ sql: 'SELECT 1', keys: [], timeoutMs: PATIENCE_MS })).rejects.toThrow();
    expect(requests).toBe(5);
  });

  it('throws what ClickHouse said', async () => {
    const sender = await senderTo((_, response) => {
      response.writeHead(404, { 'x-clickhouse-exception-code': 60 });
      response.end('Code: 60. DB::Exception: Table t does not exist. (UNKNOWN_TABLE)');
    });
    const failure = await sender
      .send({ sql: 'SELECT 1 FROM t', keys: [], timeoutMs: PATIENCE_MS })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClickHouseError);
    expect(failure).toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
  });

  it('leaves addresses with options to the client', () => {
    expect(StatementSender.understands('http://127.0.0.1:8123')).toBe(true);
    expect(StatementSender.understands('https://u:p@h:8443/')).toBe(true);
    expect(StatementSender.understands('http://h:8123/database')).toBe(false);
    expect(StatementSender.understands('http://h:8123/?request_timeout=1')).toBe(false);
  });
});

describe('parameterText', () => {
  it('escapes texts, and quotes them inside arrays', () => {
    expect(parameterText("a'b\\c\td\n")).toBe("a\\'b\\\\c\\td\\n");
    expect(parameterText(["it's", 5])).toBe("['it\\'s',5]");
    expect(parameterText(5)).toBe('5');
  });
});
