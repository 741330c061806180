/** A gRPC server and client under `node grpc-peer.ts TRACER SINK_PORT`; grpc.ts tells it over IPC what to do. */
import { createRequire } from 'node:module';
import { alwaysOff, alwaysOn, parentBased, TracingService } from '@utxoiq/tracing';
import { startStock } from './stock.ts';

const [tracer = 'bare', sinkPort = '0'] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const collector = `http://127.0.0.1:${sinkPort}`;
const CONCURRENT = 16;

const service = tracer.startsWith('ours')
  ? new TracingService({
      projectId: 'bench',
      serviceName: 'bench',
      endpoint: collector,
      sampler: parentBased({ root: tracer === 'ours-unsampled' ? alwaysOff : alwaysOn }),
    })
  : null;
await service?.start();
service?.instrumentGrpc();
const flush = tracer.startsWith('stock')
  ? startStock({
      collector,
      sampled: !tracer.includes('unsampled'),
      instrumentations: [['@opentelemetry/instrumentation-grpc', 'GrpcInstrumentation']],
    })
  : async () => void (await service?.flush());

const grpc = load('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
const same = (bytes: Buffer) => bytes;
const ECHO = {
  Call: {
    path: '/bench.Echo/Call',
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
} as const;
const ANSWER = Buffer.from('hello world');

async function listen(): Promise<number> {
  const server = new grpc.Server();
  server.addService(ECHO, {
    Call: (_call: unknown, done: (error: null, answer: Buffer) => void) => done(null, ANSWER),
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
    error === null ? resolve(port) : reject(error),
  );
  return promise;
}

const Client = grpc.makeGenericClientConstructor(ECHO, 'Echo');

/** A closed loop: each of the callers makes its next call when its last has been answered. */
async function call(port: number, durationMs: number): Promise<number> {
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const method = client.Call as (request: Buffer, done: (error: Error | null) => void) => void;
  const end = performance.now() + durationMs;
  let calls = 0;
  const caller = () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const next = () =>
      method.call(client, ANSWER, (error) => {
        calls++;
        if (error !== null) reject(error);
        else if (performance.now() < end) next();
        else resolve();
      });
    next();
    return promise;
  };
  await Promise.all(Array.from({ length: CONCURRENT }, caller));
  client.close();
  return calls;
}

type Message = { kind: 'begin' } | { kind: 'end' } | { kind: 'call'; port: number; durationMs: number };
let before = process.cpuUsage();

async function answer(message: Message): Promise<Record<string, number>> {
  if (message.kind === 'call') return { calls: await call(message.port, message.durationMs) };
  if (message.kind === 'begin') {
    before = process.cpuUsage();
    return {};
  }
  await flush();
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: user + system, dropped: service?.metrics().spansDroppedQueueFull ?? 0 };
}

process.on('message', async (message) => void process.send?.(await answer(message as Message)));
process.on('disconnect', () => process.exit(0));
process.send?.({ port: await listen() });
