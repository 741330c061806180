import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { closeInTime } from './close-in-time.ts';

it('ends although a caller never sends the rest of a request', async () => {
  const app = Fastify({ forceCloseConnections: 'idle' });
  const begun = Promise.withResolvers<void>();
  app.addHook('onRequest', async () => begun.resolve());
  app.post('/', async () => 'ok');
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined); // It may be hung up on either way.
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nhalf');
  await begun.promise;
  const hungUp = once(socket, 'close');
  await closeInTime(app, 1);
  await hungUp;
  expect(app.server.listening).toBe(false);
});
