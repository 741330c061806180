// One span: start, 10 attributes, end, encoded to OTLP bytes. Ours against OpenTelemetry's SDK with its own
// protobuf serializer, in one process, interleaved; medians:   node bench/tracing/span.ts [--rounds N]
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import { TracingService, type Transport } from '@utxoiq/tracing';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const ROUNDS = Number(values.rounds);
const SPANS = 20_000;
const BATCH = 512;

let ourBytes = 0;
const transport: Transport = {
  endpoint: 'memory:',
  send: async (body) => {
    ourBytes += body.length;
    return { status: 'ok', rejectedSpans: 0, message: '' };
  },
  close() {},
};
const service = new TracingService({ transport, flushOnExit: false, serviceName: 'bench' }, {});

const load = createRequire(import.meta.url);
const sdk = load('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');
const { ProtobufTraceSerializer } = load('@opentelemetry/otlp-transformer') as {
  ProtobufTraceSerializer: { serializeRequest(spans: unknown[]): Uint8Array };
};
let theirBytes = 0;
let ended: unknown[] = [];
const serialize = () => {
  theirBytes += ProtobufTraceSerializer.serializeRequest(ended).length;
  ended = [];
};
const provider = new sdk.TracerProvider({
  sampler: new sdk.AlwaysOnSampler(),
  spanProcessors: [
    {
      onStart() {},
      onEnd(span) {
        if (ended.push(span) === BATCH) serialize();
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  ],
});

function run(tracer: Tracer): void {
  for (let i = 0; i < SPANS; i++) {
    const span = tracer.startSpan('SELECT blocks', { kind: 2 }, ROOT_CONTEXT);
    span.setAttribute('db.system.name', 'postgresql');
    span.setAttribute('db.namespace', 'blocks');
    span.setAttribute('db.operation.name', 'SELECT');
    span.setAttribute('db.query.text', 'SELECT height, hash FROM blocks WHERE height > $1 LIMIT 50');
    span.setAttribute('server.address', '10.0.0.12');
    span.setAttribute('server.port', 5432);
    span.setAttribute('db.response.returned_rows', 50);
    span.setAttribute('db.fee_rate', 12.5);
    span.setAttribute('cached', false);
    span.setAttribute('attempt', i);
    span.end();
  }
}

async function nsPerSpan(work: () => void, flush: () => Promise<unknown> | undefined): Promise<number> {
  const cpu = process.cpuUsage();
  work();
  await flush();
  const used = process.cpuUsage(cpu);
  return ((used.user + used.system) * 1000) / SPANS;
}

const ours: number[] = [];
const theirs: number[] = [];
for (let round = -3; round < ROUNDS; round++) {
  const a = await nsPerSpan(
    () => run(service.getTracer('bench')),
    () => service.flush(),
  );
  const b = await nsPerSpan(
    () => run(provider.getTracer('bench')),
    async () => serialize(),
  );
  if (round < 0) continue;
  ours.push(a);
  theirs.push(b);
}
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
console.log(
  `Node ${process.version}; CPU ns per span with 10 attributes, made and encoded (median of ${ROUNDS} rounds)`,
);
console.log(`  ours                      ${median(ours).toFixed(0)}`);
console.log(`  OpenTelemetry SDK 3.1     ${median(theirs).toFixed(0)}`);
console.log(`  ratio                     1/${(median(theirs) / median(ours)).toFixed(2)}`);
console.log(
  `  bytes per span            ${Math.round(ourBytes / (ROUNDS + 3) / SPANS)} / ${Math.round(theirBytes / (ROUNDS + 3) / SPANS)}`,
);
await service.stop();
