// CPU that tracing adds to a gRPC call, server and client apart, beside OpenTelemetry's instrumentation-grpc:
//   node bench/tracing/grpc.ts [--rounds N] [--ms N]
// A traced process on one core, its untraced counterpart and the collector on the other; interleaved rounds, medians.
// CPU is user + system of the whole process, exporting included.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

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
const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

type Answer = Record<string, number>;
interface Child {
  readonly process: ChildProcess;
  readonly first: Answer;
  ask(message: object): Promise<Answer>;
}

async function start(file: string, args: readonly string[], core: number): Promise<Child> {
  const child = fork(new URL(file, import.meta.url), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pin = () => canPin && spawnSync('taskset', ['-a', '-p', '-c', String(core), String(child.pid)]);
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ${args.join(' ')} ended with ${code}`);
  });
  died.catch(() => {}); // Awaited through next(); at the end nobody waits any more.
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message'), died]);
    return message as Answer;
  };
  pin();
  const first = await next();
  pin(); // Threads that were made meanwhile.
  const ask = (message: object) => {
    const answer = next();
    child.send(message);
    return answer;
  };
  return { process: child, first, ask };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? 0;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** One round: `caller` calls `callee` for a while; what `measured` used for each call. */
async function round(measured: Child, caller: Child, callee: Child, durationMs: number): Promise<number> {
  await measured.ask({ kind: 'begin' });
  const { calls = 1 } = await caller.ask({ kind: 'call', port: callee.first.port, durationMs });
  const { cpuUs = 0, dropped = 0 } = await measured.ask({ kind: 'end' });
  if (dropped > 0) console.log(`! ${dropped} spans were dropped`);
  return cpuUs / calls;
}

async function measure(side: 'server' | 'client', sink: Child): Promise<void> {
  const collector = String(sink.first.port);
  const other = await start('grpc-peer.ts', ['bare', collector], 1);
  const children = new Map<string, Child>();
  for (const tracer of TRACERS) children.set(tracer, await start('grpc-peer.ts', [tracer, collector], 0));
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
  const of = (tracer: string) => median(cpu.get(tracer) ?? []);
  const stock = of('stock-sampled') - of('bare');
  console.log(`\ngRPC ${side}: CPU us per unary call (median of ${ROUNDS} rounds of ${DURATION_MS} ms)`);
  for (const [tracer, all] of cpu) {
    const added = of(tracer) - of('bare');
    const share = tracer.startsWith('ours') ? `  1/${(stock / added).toFixed(1)} of stock sampled` : '';
    const figures = [of(tracer), added, Math.min(...all)].map((us) => us.toFixed(1).padStart(7));
    console.log(`  ${tracer.padEnd(16)} ${figures[0]}  +${figures[1]}  best ${figures[2]}${share}`);
  }
}

const sink = await start('sink.ts', [], 1);
console.log(`Node ${process.version}; ${canPin ? 'one core each' : 'not pinned (no taskset)'}`);
await measure('server', sink);
await measure('client', sink);
sink.process.disconnect();
