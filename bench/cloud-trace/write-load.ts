// A sender in a process of its own: node write-load.ts '{"grpcPort":…,"totalSpans":…,"requestSpans":…,"inFlight":…,
// "method":"BatchWriteSpans"}'. The same spans with 11 attributes over each door, new trace ids in every request.
import { Client, credentials } from '@grpc/grpc-js';
import { encodeOtlpProtobuf } from '@utxoiq/model';
import {
  encodeMessage,
  V1PatchTracesRequestType,
  V2BatchWriteSpansRequestType,
} from '@utxoiq/model/cloud-trace';
import { MARK, ownSpans, sampleSpans, sampleTraces } from './sample-spans.ts';

interface Door {
  readonly path: string;
  readonly request: (spans: number) => Uint8Array;
  /** Trace ids are bytes there, not digits. */
  readonly binaryIds?: true;
}

const DOORS: Readonly<Record<string, Door>> = {
  OTLP: {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    request: (count) => encodeOtlpProtobuf(ownSpans(count)),
    binaryIds: true,
  },
  BatchWriteSpans: {
    path: '/google.devtools.cloudtrace.v2.TraceService/BatchWriteSpans',
    request: (count) =>
      encodeMessage(V2BatchWriteSpansRequestType, { name: 'projects/bench', spans: sampleSpans(count) }),
  },
  PatchTraces: {
    path: '/google.devtools.cloudtrace.v1.TraceService/PatchTraces',
    request: (count) =>
      encodeMessage(V1PatchTracesRequestType, { projectId: 'bench', traces: sampleTraces(count) }),
  },
};

const plan: {
  grpcPort: number;
  totalSpans: number;
  requestSpans: number;
  inFlight: number;
  method: string;
} = JSON.parse(process.argv[2] ?? '{}');
const door = DOORS[plan.method];
if (door === undefined) throw new Error(`method must be one of ${Object.keys(DOORS).join(', ')}`);
const { path, request, binaryIds } = door;
const encoding = binaryIds ? 'hex' : 'latin1';

function requestBytes(): { bytes: Buffer; marks: number[] } {
  const bytes = Buffer.from(request(plan.requestSpans));
  const mark = Buffer.from(MARK, encoding);
  const marks: number[] = [];
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) marks.push(at);
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
/** From 1: an id of zeros is none. */
let requests = 0;

async function lane(client: Client): Promise<void> {
  const { bytes, marks } = requestBytes();
  while (sent < plan.totalSpans) {
    sent += plan.requestSpans;
    const id = (++requests).toString(16).padStart(8, '0');
    for (const at of marks) bytes.write(id, at, encoding);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    client.makeUnaryRequest(path, asBytes, asBytes, bytes, (error: unknown) => resolve(error === null));
    if (await promise) acknowledged += plan.requestSpans;
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: plan.inFlight }, (_, index) => lane(clients[index % 4] as Client)));
process.send?.({ acknowledgedSpans: acknowledged, seconds: (performance.now() - start) / 1000 });
process.disconnect?.();
