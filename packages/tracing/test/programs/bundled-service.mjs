// A service that is bundled whole, with the SDK, Fastify and gRPC in it.
import http from 'node:http';
import * as grpc from '@grpc/grpc-js';
import { TracingService } from '@utxoiq/tracing';
import { fastify } from 'fastify';

const ECHO = {
  Call: {
    path: '/test.Echo/Call',
    requestStream: false,
    responseStream: false,
    requestSerialize: (text) => Buffer.from(text),
    requestDeserialize: String,
    responseSerialize: (text) => Buffer.from(text),
    responseDeserialize: String,
  },
};

const get = (url) =>
  new Promise((resolve, reject) => {
    http
      .get(url, (response) => response.resume().once('close', () => resolve(response.statusCode)))
      .once('error', reject);
  });

async function main() {
  const tracing = new TracingService({ serviceName: 'bundled' });
  await tracing.start();
  tracing.instrumentGrpc({ grpc });
  const echo = await startEcho();
  const app = fastify();
  tracing.instrumentFastify(app);
  const load = tracing.traceRequest('load')(async (id) => echo.call(id));
  app.get('/items/:id', async (request) => ({ id: await load(request.params.id) }));
  app.get('/front/:id', async (request) => get(`${address}/items/${request.params.id}`).then(String));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  await (await fetch(`${address}/front/7`)).text();
  await app.close();
  echo.close();
  await tracing.stop();
  if (tracing.metrics().openSpans !== 0) throw new Error('spans are open');
}

async function startEcho() {
  const server = new grpc.Server();
  server.addService(ECHO, { Call: (call, done) => done(null, call.request) });
  const port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const Client = grpc.makeGenericClientConstructor(ECHO, 'Echo');
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  return {
    call: (text) =>
      new Promise((resolve, reject) => {
        client.Call(text, (error, answer) => (error === null ? resolve(answer) : reject(error)));
      }),
    close() {
      client.close();
      server.forceShutdown();
    },
  };
}

main();
