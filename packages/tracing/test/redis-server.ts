import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

type Command = (args: readonly string[]) => string;

/** As much of Redis as a client needs to connect, set and get: its wire protocol (RESP2) over a real socket. */
export async function startRedis(): Promise<{ readonly port: number; close(): void }> {
  const values = new Map<string, string>();
  const bulk = (text: string | undefined) =>
    text === undefined ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  const commands: Record<string, Command> = {
    info: () => bulk('redis_version:7.4.0\r\nloading:0'),
    set: ([key = '', value = '']) => {
      values.set(key, value);
      return '+OK\r\n';
    },
    get: ([key = '']) => bulk(values.get(key)),
  };
  const server = createServer((socket) => {
    let waiting = '';
    socket.on('data', (chunk) => {
      const { requests, rest } = parse(waiting + chunk.toString('latin1'));
      waiting = rest;
      for (const [name = '', ...args] of requests) {
        socket.write(commands[name.toLowerCase()]?.(args) ?? `-ERR unknown command '${name}'\r\n`);
      }
    });
    socket.on('error', () => socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

/** Whole requests, `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n` each, and what is left of the last. */
function parse(text: string): { requests: string[][]; rest: string } {
  const requests: string[][] = [];
  let at = 0;
  for (;;) {
    const head = /^\*(\d+)\r\n/.exec(text.slice(at));
    if (head === null) return { requests, rest: text.slice(at) };
    const request: string[] = [];
    let next = at + head[0].length;
    for (let i = 0; i < Number(head[1]); i++) {
      const size = /^\$(\d+)\r\n/.exec(text.slice(next));
      const start = next + (size?.[0].length ?? 0);
      const end = start + Number(size?.[1] ?? 0);
      if (size === null || text.length < end + 2) return { requests, rest: text.slice(at) };
      request.push(text.slice(start, end));
      next = end + 2;
    }
    requests.push(request);
    at = next;
  }
}
