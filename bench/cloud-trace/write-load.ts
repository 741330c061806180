// A sender in a process of its own: node write-load.ts '{"grpcPort":…,"totalSpans":…,"requestSpans":…,"inFlight":…}'
// BatchWriteSpans (or `"method":"PatchTraces"`) with 11 attributes a span, new trace ids in every request.
import { Client, credentials } from '@grpc/grpc-js';
import {
  encodeMessage,
  V1PatchTracesRequestType,
  V2BatchWriteSpansRequestType,
} from '@utxoiq/model/cloud-trace';
import { MARK, sampleSpans, sampleTraces } from './sample-spans.ts';

const plan: {
  grpcPort: number;
  totalSpans: number;
  requestSpans: number;
  inFlight: number;
  method?: 'BatchWriteSpans' | 'PatchTraces';
} = JSON.parse(process.argv[2] ?? '{}');
const isV1 = plan.method === 'PatchTraces';
const path = isV1
  ? '/google.devtools.cloudtrace.v1.TraceService/PatchTraces'
  : '/google.devtools.cloudtrace.v2.TraceService/BatchWriteSpans';

function message(): Uint8Array {
  const count = plan.requestSpans;
  return isV1
    ? encodeMessage(V1PatchTracesRequestType, { projectId: 'bench', traces: sampleTraces(count) })
    : encodeMessage(V2BatchWriteSpansRequestType, { name: 'projects/bench', spans: sampleSpans(count) });
}

function requestBytes(): { bytes: Buffer; marks: number[] } {
  const bytes = Buffer.from(message());
  const marks: number[] = [];
  for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, at + 1)) marks.push(at);
  return { bytes, marks };
}

const asBytes = (bytes: Buffer) => bytes;
const clients = Array.from(
  { length: 4 },
  (_, bench) =>
    new Client(`127.0.0.1:${plan.grpcPort}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      bench,
    }),
);
let sent = 0;
let acknowledged = 0;
let requests = 0;

async function lane(client: Client): Promise<void> {
  const { bytes, marks } = requestBytes();
  while (sent < plan.totalSpans) {
    sent += plan.requestSpans;
    const id = (requests++).toString(16).padStart(8, '0');
    for (const at of marks) bytes.write(id, at, 'latin1');
    const { promise, resolve } = Promise.withResolvers<boolean>();
    client.makeUnaryRequest(path, asBytes, asBytes, bytes, (error: unknown) => resolve(error === null));
    if (await promise) acknowledged += plan.requestSpans;
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: plan.inFlight }, (_, index) => lane(clients[index % 4] as Client)));
process.send?.({ acknowledgedSpans: acknowledged, seconds: (performance.now() - start) / 1000 });
process.disconnect?.();
