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

interface Texts {
  readonly system: string;
  readonly namespace: string;
  readonly operation: string;
  readonly query: string;
  readonly address: string;
}
const texts = (more: string): Texts => ({
  system: `postgresql${more}`,
  namespace: `blocks${more}`,
  operation: `SELECT${more}`,
  query: `SELECT height, hash FROM blocks WHERE height > $1 LIMIT 50${more}`,
  address: `10.0.0.12${more}`,
});
/** Ours copies what a span has in common with the one before, so both are measured: spans alike, and never alike. */
const WORK: Readonly<Record<string, readonly Texts[]>> = {
  'texts repeat from span to span': [texts('')],
  'every text is another': Array.from({ length: 64 }, (_, i) => texts(String(i))),
};

function run(tracer: Tracer, given: readonly Texts[]): void {
  for (let i = 0; i < SPANS; i++) {
    const { system, namespace, operation, query, address } = given[i % given.length] as Texts;
    const span = tracer.startSpan('SELECT blocks', { kind: 2 }, ROOT_CONTEXT);
    span.setAttribute('db.system.name', system);
    span.setAttribute('db.namespace', namespace);
    span.setAttribute('db.operation.name', operation);
    span.setAttribute('db.query.text', query);
    span.setAttribute('server.address', address);
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

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
console.log(
  `Node ${process.version}; CPU ns per span with 10 attributes, made and encoded (median of ${ROUNDS} rounds)`,
);
for (const [title, given] of Object.entries(WORK)) {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = -3; round < ROUNDS; round++) {
    const [ourTracer, theirTracer] = [service.getTracer('bench'), provider.getTracer('bench')];
    const a = await nsPerSpan(
      () => run(ourTracer, given),
      () => service.flush(),
    );
    const b = await nsPerSpan(
      () => run(theirTracer, given),
      async () => serialize(),
    );
    if (round < 0) continue;
    ours.push(a);
    theirs.push(b);
  }
  console.log(
    `  ${title.padEnd(31)} ours ${median(ours).toFixed(0).padStart(5)}, OpenTelemetry SDK 3.1 ${median(theirs)
      .toFixed(0)
      .padStart(5)}: 1/${(median(theirs) / median(ours)).toFixed(2)}`,
  );
}
const spans = (ROUNDS + 3) * SPANS * Object.keys(WORK).length;
console.log(
  `  bytes per span: ours ${Math.round(ourBytes / spans)}, theirs ${Math.round(theirBytes / spans)}`,
);
await service.stop();
