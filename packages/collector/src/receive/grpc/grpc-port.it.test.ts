import { connect } from 'node:net';
import {
  type ChannelCredentials,
  Client,
  credentials,
  Server,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { GrpcPort } from './grpc-port.ts';
import { testCertificate } from './test-certificate.ts';

const echo = {
  path: '/test/Echo',
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
} as const;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen() {
  const server = new Server();
  server.addService(
    { echo },
    {
      echo: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => done(null, call.request),
    },
  );
  const { cert, key } = testCertificate;
  const tls = { cert, key };
  const port = await GrpcPort.listen({ server, host: '127.0.0.1', port: 0, tls });
  closing.push(() => {
    port.close(0);
    server.forceShutdown();
  });
  return port;
}

function call(port: number, channel: ChannelCredentials): Promise<string> {
  const client = new Client(`localhost:${port}`, channel);
  closing.push(() => client.close());
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { path, requestSerialize, responseDeserialize } = echo;
  client.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    Buffer.alloc(100_000, 'x'),
    (error, answer) => {
      if (error !== null) reject(error);
      else resolve(String(answer));
    },
  );
  return promise;
}

describe('GrpcPort', () => {
  it('serves gRPC with and without TLS on one port', async () => {
    const { port } = await listen();
    const trusted = credentials.createSsl(Buffer.from(testCertificate.cert));
    expect(await call(port, credentials.createInsecure())).toHaveLength(100_000);
    expect(await call(port, trusted)).toHaveLength(100_000);
    await expect(call(port, credentials.createSsl())).rejects.toThrow(/UNAVAILABLE/);
    expect(await call(port, trusted)).toHaveLength(100_000);
  });

  it('survives connections that say nothing, garbage, or go at once', async () => {
    const { port } = await listen();
    for (const text of ['', 'GET / HTTP/1.1\r\n\r\n', '\u0016\u0003garbage', '\u0000']) {
      const socket = connect(port, '127.0.0.1', () => socket.end(text));
      socket.on('error', () => undefined);
    }
    expect(await call(port, credentials.createInsecure())).toHaveLength(100_000);
  });
});
