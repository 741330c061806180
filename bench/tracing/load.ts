// A closed-loop HTTP client: each connection sends its next request when the answer to the last is whole.
// Plain sockets and a fixed request, so that the generator needs far less CPU than the server. It polls: were it asleep
// when an answer comes, the server would pay for waking it, and the more often the slower the server is.
import { createConnection } from 'node:net';

process.on('message', async (message: { port: number; durationMs: number; connections: number }) => {
  const { port, durationMs, connections } = message;
  const request = `GET /hello HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n`;
  const end = performance.now() + durationMs;
  let running = true;
  const poll = () => {
    if (running) setImmediate(poll);
  };
  poll();
  await Promise.all(Array.from({ length: connections }, () => connection(port, request, end)));
  running = false;
  process.send?.({ done: true });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });

function connection(port: number, request: string, end: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
  let pending = '';
  socket.on('connect', () => socket.write(request));
  socket.on('error', reject);
  socket.on('close', () => resolve());
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    if (!isWhole(pending)) return;
    if (!pending.startsWith('HTTP/1.1 200')) reject(new Error(pending.slice(0, 200)));
    pending = '';
    if (performance.now() < end) socket.write(request);
    else socket.end();
  });
  return promise;
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /content-length: (\d+)/i.exec(answer)?.[1];
  return length !== undefined && answer.length >= head + 4 + Number(length);
}
