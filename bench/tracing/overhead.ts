// CPU that tracing adds to a request, side by side with OpenTelemetry's stock instrumentation:
//   node bench/tracing/overhead.ts [FRAMEWORK...] [--rounds N] [--ms N]
// Every server is a process of its own on one core, the load generator is on another; rounds are interleaved
// and each figure is a median. CPU is user + system of the whole server process, exporting included.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    ms: { type: 'string', default: '500' },
    warmup: { type: 'string', default: '3000' },
    only: { type: 'string' },
  },
});
const ROUNDS = Number(values.rounds);
const WARMUP_MS = Number(values.warmup);
const DURATION_MS = Number(values.ms);
const FRAMEWORKS =
  positionals.length > 0 ? positionals : ['fastify', 'http', 'express', 'fastify-fetch', 'fastify-children'];
const TRACERS = [
  'bare',
  'ours-sampled',
  'ours-unsampled',
  'stock-sampled',
  'stock-unsampled',
  'stock-fastify',
];
const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

interface Child {
  readonly process: ChildProcess;
  ask(message: unknown): Promise<Record<string, number>>;
}

async function start(
  file: string,
  args: string[],
  core: number,
): Promise<Child & { first: Record<string, number> }> {
  const child = fork(new URL(file, import.meta.url), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(child.pid)]);
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ${args.join(' ')} ended with ${code}`);
  });
  died.catch(() => {}); // Awaited through next(); at the end nobody waits any more.
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message'), died]);
    return message as Record<string, number>;
  };
  const first = await next();
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(child.pid)]);
  return {
    process: child,
    first,
    ask(message) {
      const answer = next();
      child.send(message as object);
      return answer;
    },
  };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

async function measure(
  framework: string,
  sink: Awaited<ReturnType<typeof start>>,
  load: Child,
): Promise<void> {
  const tracers = TRACERS.filter((name) => name !== 'stock-fastify' || framework === 'fastify').filter(
    (name) => values.only === undefined || values.only.split(',').includes(name),
  );
  const servers = new Map<string, Awaited<ReturnType<typeof start>>>();
  for (const tracer of tracers) {
    servers.set(
      tracer,
      await start('server.ts', [framework, tracer, String(sink.first.port), String(sink.first.backend)], 0),
    );
  }
  const cpu = new Map<string, number[]>(tracers.map((tracer) => [tracer, []]));
  const rate = new Map<string, number[]>(tracers.map((tracer) => [tracer, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [tracer, server] of servers) {
      await server.ask('begin');
      await load.ask({ port: server.first.port, durationMs: round < 0 ? WARMUP_MS : DURATION_MS });
      const result = await server.ask('end');
      if (round < 0) continue;
      cpu.get(tracer)?.push((result.cpuUs ?? 0) / (result.requests ?? 1));
      rate.get(tracer)?.push(((result.requests ?? 0) / DURATION_MS) * 1000);
      if ((result.dropped ?? 0) > 0) console.log(`! ${tracer} dropped ${result.dropped} spans`);
    }
  }
  const bare = median(cpu.get('bare') ?? []);
  const stock = median(cpu.get('stock-sampled') ?? []) - bare;
  console.log(`\n${framework}: CPU us per request (median of ${ROUNDS} rounds of ${DURATION_MS} ms)`);
  for (const tracer of tracers) {
    const us = median(cpu.get(tracer) ?? []);
    const added = us - bare;
    const share =
      tracer.startsWith('ours') && stock > 0 ? `  1/${(stock / added).toFixed(1)} of stock sampled` : '';
    const perSecond = Math.round(median(rate.get(tracer) ?? []));
    console.log(
      `  ${tracer.padEnd(16)} ${us.toFixed(1).padStart(7)}  +${added.toFixed(1).padStart(6)}  best ${Math.min(
        ...(cpu.get(tracer) ?? []),
      )
        .toFixed(1)
        .padStart(6)}  ${String(perSecond).padStart(6)} req/s${share}`,
    );
  }
  for (const server of servers.values()) server.process.disconnect();
}

const sink = await start('sink.ts', [], 1);
const load = await start('load.ts', [], 1);
console.log(
  `Node ${process.version}; ${canPin ? 'servers on core 0, load and collector on core 1' : 'not pinned (no taskset)'}`,
);
for (const framework of FRAMEWORKS) await measure(framework, sink, load);
load.process.disconnect();
sink.process.disconnect();
