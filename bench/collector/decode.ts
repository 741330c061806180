// Spans a second through our scan and our decoder, and through protobufjs, on one core in one run:
// node bench/collector/decode.ts
import {
  DEFAULT_SPAN_LIMITS,
  RequestDecoder,
  RequestScanner,
} from '../../packages/collector/src/otlp/index.ts';
import { ExportTraceServiceRequest } from '../../packages/collector/test/otlp-proto.ts';
import { recordedBodies } from '../../packages/collector/test/recorded-bodies.ts';
import { sampleRequest } from './sample-request.ts';

const ROUND_MS = 1_500;
const ROUNDS = 3;
const scanner = new RequestScanner(DEFAULT_SPAN_LIMITS);
const decoder = new RequestDecoder();
const projects = { defaultProject: 'p', allowed: 'all' } as const;

function scan(bytes: Uint8Array): number {
  return scanner.scan(bytes, projects).spanCount;
}

let checksum = 0;
function decode(bytes: Uint8Array): number {
  let spans = 0;
  const request = { bytes, start: 0, end: bytes.length, defaultProject: 'p', rejected: [] };
  decoder.decode(request, (row) => {
    spans++;
    checksum += row.attributeCount;
  });
  return spans;
}

function oracle(bytes: Uint8Array): number {
  const message = ExportTraceServiceRequest.decode(bytes) as unknown as {
    resource_spans: { scope_spans: { spans: unknown[] }[] }[];
  };
  return message.resource_spans.reduce(
    (sum, group) => sum + group.scope_spans.reduce((inner, scoped) => inner + scoped.spans.length, 0),
    0,
  );
}

/** Of the thread's own CPU time, so that what else runs on the machine counts less. */
function spansPerSecond(bodies: readonly Uint8Array[], read: (bytes: Uint8Array) => number): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let spans = 0;
    const start = performance.now();
    const cpu = process.threadCpuUsage();
    while (performance.now() - start < ROUND_MS) for (const body of bodies) spans += read(body);
    const { user, system } = process.threadCpuUsage(cpu);
    best = Math.max(best, (spans / (user + system)) * 1e6);
  }
  return Math.round(best);
}

const samples = Array.from({ length: 32 }, (_, index) => sampleRequest(1_000, index + 1).bytes);
const inputs = { 'sample requests of 1,000 spans': samples, 'OpenTelemetry demo': recordedBodies() };
for (const [name, bodies] of Object.entries(inputs)) {
  if (bodies.length === 0) continue;
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const spans = bodies.reduce((sum, body) => sum + scan(body), 0);
  console.log(
    `${name}: ${spans} spans of ${Math.round(bytes / spans)} bytes, best of ${ROUNDS}, spans per second of CPU`,
  );
  const both = (body: Uint8Array) => scan(body) && decode(body);
  for (const [what, read] of Object.entries({ scan, decode, 'scan + decode': both, protobufjs: oracle })) {
    console.log(`  ${what.padEnd(14)} ${spansPerSecond(bodies, read).toLocaleString('en')}`);
  }
}
console.log(`(checksum ${checksum})`);
