// A sender in a process of its own: node load-generator.ts '{"url":…,"grpcPort":…,"requestSpans":…,…}'
// Sends requests whose spans are new each time, on a few keep-alive connections, and tells its parent 'ready' and then
// what came of it. Bodies for --gzip over HTTP are compressed before that, as other machines would.
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { Client, credentials } from '@grpc/grpc-js';
import { renew, type SampleRequest, sampleRequest } from './sample-request.ts';

export interface LoadPlan {
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly totalSpans: number;
  readonly requestSpans: number;
  readonly inFlight: number;
  readonly gzip: boolean;
  readonly grpc: boolean;
  /** 0: as fast as it goes. */
  readonly spansPerSecond: number;
}

export interface LoadResult {
  readonly acknowledgedSpans: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly refusals: number;
}

type Send = (body: Buffer) => Promise<boolean>;

const plan = JSON.parse(process.argv[2] ?? '{}') as LoadPlan;
const samples = Array.from({ length: plan.inFlight }, (_, index) =>
  sampleRequest(plan.requestSpans, index + 1),
);
const compressed = plan.gzip && !plan.grpc ? compressAll() : null;
const send = plan.grpc ? grpcSender() : httpSender();
const latencies: number[] = [];
let sent = 0;
let acknowledged = 0;
let refusals = 0;
process.send?.('ready');
const startedAt = performance.now();

/** The body of the spans from one number on. */
function bodyOf(request: SampleRequest, sender: number, first: number): Buffer {
  const ready = compressed?.[first / plan.requestSpans];
  if (ready !== undefined) return ready;
  renew(request, sender, first, BigInt(Date.now()) * 1_000_000n);
  return request.bytes;
}

function compressAll(): readonly Buffer[] {
  const requests = Math.ceil(plan.totalSpans / plan.requestSpans);
  return Array.from({ length: requests }, (_, index) => {
    const sender = index % samples.length;
    const request = samples[sender] as SampleRequest;
    renew(request, sender + 1, index * plan.requestSpans, BigInt(Date.now()) * 1_000_000n);
    return gzipSync(request.bytes, { level: 1 });
  });
}

function httpSender(): Send {
  const agent = new http.Agent({ keepAlive: true, maxSockets: plan.inFlight });
  const headers = {
    'content-type': 'application/x-protobuf',
    ...(plan.gzip ? { 'content-encoding': 'gzip' } : {}),
  };
  return (body) =>
    new Promise((resolve, reject) => {
      const options = { port: plan.httpPort, method: 'POST', path: '/v1/traces', agent, headers };
      const request = http.request(options, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode === 200));
      });
      request.on('error', reject);
      request.end(body);
    });
}

function grpcSender(): Send {
  const clients = Array.from({ length: 4 }, (_, index) => {
    const options = {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.default_compression_algorithm': plan.gzip ? 2 : 0,
    };
    return new Client(`127.0.0.1:${plan.grpcPort}`, credentials.createInsecure(), {
      ...options,
      bench: index,
    });
  });
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const asBytes = (bytes: Buffer) => bytes;
  let next = 0;
  return (body) =>
    new Promise((resolve) => {
      const client = clients[next++ % clients.length] as Client;
      client.makeUnaryRequest(path, asBytes, asBytes, body, (error) => resolve(error === null));
    });
}

async function lane(request: SampleRequest, sender: number): Promise<void> {
  for (;;) {
    const first = sent;
    if (first >= plan.totalSpans) return;
    sent += plan.requestSpans;
    if (plan.spansPerSecond > 0) {
      const dueMs = startedAt + (first / plan.spansPerSecond) * 1000 - performance.now();
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
    }
    const body = bodyOf(request, sender, first);
    for (;;) {
      const start = performance.now();
      const ok = await send(body);
      latencies.push(performance.now() - start);
      if (ok) break;
      refusals++;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    acknowledged += plan.requestSpans;
  }
}

await Promise.all(samples.map((request, index) => lane(request, index + 1)));
latencies.sort((a, b) => a - b);
const at = (share: number) =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const result: LoadResult = {
  acknowledgedSpans: acknowledged,
  seconds: (performance.now() - startedAt) / 1000,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  maxMs: at(1),
  refusals,
};
process.send?.(result);
process.disconnect?.();
