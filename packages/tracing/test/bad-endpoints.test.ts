import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type ReportCode, TracingService } from '../src/index.ts';

const answer = (status: string, type: string, body: string) => (socket: Socket) => {
  socket.once('data', () => {
    const length = `Content-Length: ${body.length}`;
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\n${length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
};
type Row = readonly [name: string, (socket: Socket) => void, ReportCode, message: RegExp, nextStep: RegExp];

const ROWS: readonly Row[] = [
  ['hangs', () => {}, 'UNREACHABLE', /no answer in time/, /is a collector listening there/],
  [
    'resets',
    (socket) => socket.once('data', () => socket.resetAndDestroy()),
    'UNREACHABLE',
    /ECONNRESET|socket hang up/,
    /OTEL_EXPORTER_OTLP_ENDPOINT/,
  ],
  [
    'breaks off in the middle of its answer',
    (socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhal', () => socket.destroy());
      }),
    'UNREACHABLE',
    /aborted|ECONNRESET/,
    /doctor/,
  ],
  [
    'is no HTTP server',
    (socket) => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
    'UNREACHABLE',
    /Parse Error/,
    /doctor/,
  ],
  [
    'speaks another protocol from now on',
    (socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
      ),
    'UNREACHABLE',
    /closed without an answer/,
    /doctor/,
  ],
  [
    'is busy',
    answer('503 Service Unavailable', 'text/plain', 'later'),
    'UNREACHABLE',
    /HTTP 503/,
    /spans wait/,
  ],
  ['answers 404', answer('404 Not Found', 'text/plain', 'what?'), 'REFUSED', /HTTP 404/, /\/v1\/traces/],
  ['answers 401', answer('401 Unauthorized', 'text/plain', ''), 'REFUSED', /HTTP 401/, /credentials/],
  [
    'is a web page',
    answer('200 OK', 'text/html', '<html>Welcome</html>'),
    'REFUSED',
    /HTML page/,
    /check the endpoint/,
  ],
];

describe('an endpoint that', () => {
  it.each(ROWS)(
    '%s is reported once, with the next step, and stop() ends',
    async (_name, behave, ...expected) => {
      const [code, message, nextStep] = expected;
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => {}));
        behave(socket);
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as { port: number };
      const reports: unknown[] = [];
      const tracing = new TracingService(
        {
          endpoint: `http://127.0.0.1:${port}`,
          flushOnExit: false,
          exportTimeoutMs: 100,
          stopTimeoutMs: 400,
          maxBatchBytes: 300,
          onProblem: (report) => reports.push(report),
        },
        {},
      );
      for (let i = 0; i < 20; i++) tracing.getTracer('test').startSpan('lost').end();
      await tracing.stop();
      expect(reports).toEqual([
        { code, message: expect.stringMatching(message), nextStep: expect.stringMatching(nextStep) },
      ]);
      const { spansExported, spansDroppedRejected, spansDroppedUnreachable, queuedBytes } = tracing.metrics();
      expect(spansExported).toBe(0);
      expect(spansDroppedRejected + spansDroppedUnreachable).toBe(20);
      expect(queuedBytes).toBe(0);
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  );
});
