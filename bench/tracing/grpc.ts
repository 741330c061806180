// CPU that tracing adds to a gRPC call, server and client apart, beside OpenTelemetry's instrumentation-grpc:
//   node bench/tracing/grpc.ts [--rounds N] [--ms N]
// A traced process on one core, its untraced counterpart and the collector on the other; interleaved rounds.
// What is added is the median of the differences to the bare process in the same round. CPU is user + system of the
// whole process, exporting included.
import { parseArgs } from 'node:util';
import { canPin, type PinnedChild, startPinned } from './pinned-child.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    ms: { type: 'string', default: '500' },
    warmup: { type: 'string', default: '2000' },
  },
});
const ROUNDS = Number(values.rounds);
const DURATION_MS = Number(values.ms);
const WARMUP_MS = Number(values.warmup);
const TRACERS = ['bare', 'ours-sampled', 'ours-unsampled', 'stock-sampled', 'stock-unsampled'];
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? 0;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** One round: `caller` calls `callee` for a while; what `measured` used for each call. */
async function round(
  measured: PinnedChild,
  caller: PinnedChild,
  callee: PinnedChild,
  durationMs: number,
): Promise<number> {
  await measured.ask({ kind: 'begin' });
  const { calls = 1 } = await caller.ask({ kind: 'call', port: callee.first.port, durationMs });
  const { cpuUs = 0, dropped = 0 } = await measured.ask({ kind: 'end' });
  if (dropped > 0) console.log(`! ${dropped} spans were dropped`);
  return cpuUs / calls;
}

async function measure(side: 'server' | 'client', sink: PinnedChild): Promise<void> {
  const collector = String(sink.first.port);
  const other = await startPinned('grpc-peer.ts', ['bare', collector], 1);
  const children = new Map<string, PinnedChild>();
  for (const tracer of TRACERS)
    children.set(tracer, await startPinned('grpc-peer.ts', [tracer, collector], 0));
  const cpu = new Map<string, number[]>(TRACERS.map((tracer) => [tracer, []]));
  for (let i = -1; i < ROUNDS; i++) {
    for (const [tracer, child] of children) {
      const [caller, callee] = side === 'client' ? [child, other] : [other, child];
      const us = await round(child, caller, callee, i < 0 ? WARMUP_MS : DURATION_MS);
      if (i >= 0) cpu.get(tracer)?.push(us);
    }
  }
  print(side, cpu);
  for (const child of [other, ...children.values()]) child.process.disconnect();
}

function print(side: string, cpu: ReadonlyMap<string, readonly number[]>): void {
  const bare = cpu.get('bare') ?? [];
  const added = (tracer: string) => median((cpu.get(tracer) ?? []).map((us, i) => us - (bare[i] ?? 0)));
  console.log(`\ngRPC ${side}: CPU us per unary call (${ROUNDS} rounds of ${DURATION_MS} ms)`);
  for (const [tracer, all] of cpu) {
    const share = (added('stock-sampled') / added(tracer)).toFixed(1);
    const figures = [median(all), added(tracer), Math.min(...all)].map((us) => us.toFixed(1).padStart(7));
    const ours = tracer.startsWith('ours') ? `  1/${share} of stock sampled` : '';
    console.log(`  ${tracer.padEnd(16)} ${figures[0]}  +${figures[1]}  best ${figures[2]}${ours}`);
  }
}

const sink = await startPinned('sink.ts', [], 1);
console.log(`Node ${process.version}; ${canPin ? 'one core each' : 'not pinned (no taskset)'}`);
await measure('server', sink);
await measure('client', sink);
sink.process.disconnect();
