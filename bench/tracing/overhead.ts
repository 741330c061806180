// CPU that tracing adds to a request, beside OpenTelemetry's stock instrumentation, and how it grows (7 minutes):
//   node bench/tracing/overhead.ts [CASE...] [--rounds N] [--ms N] [--only TRACER,...]
// Every server is a process of its own on one core, the load generator is on another. Rounds are interleaved, forth and
// back; what is added is the median of the differences to the bare server in the same round. CPU is user and system
// of the whole server process, exporting included.
import { parseArgs } from 'node:util';
import { canPin, type PinnedChild, startPinned } from './pinned-child.ts';

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

const EVERY = ['bare', 'ours-sampled', 'ours-unsampled', 'stock-sampled', 'stock-unsampled'];
const SAMPLED = ['bare', 'ours-sampled', 'stock-sampled'];

interface Case {
  /** What `server.ts` serves. */
  readonly server: string;
  readonly title: string;
  readonly tracers: readonly string[];
  readonly connections: number;
  /** How many times as many rounds a case needs whose rounds differ by a third. */
  readonly noise?: number;
}

const CASES: Readonly<Record<string, Case>> = {
  fastify: { server: 'fastify', title: 'Fastify', tracers: [...EVERY, 'stock-fastify'], connections: 32 },
  http: { server: 'http', title: 'node:http', tracers: EVERY, connections: 32 },
  express: { server: 'express', title: 'Express 5', tracers: EVERY, connections: 32 },
  fetch: { server: 'fastify-fetch', title: 'Fastify, one fetch', tracers: EVERY, connections: 32, noise: 3 },
  children: {
    server: 'fastify-children',
    title: 'Fastify, ten child spans',
    tracers: EVERY,
    connections: 32,
  },
  'children-x10': {
    server: 'fastify-children-x10',
    title: 'a hundred child spans',
    tracers: SAMPLED,
    connections: 32,
  },
  attributes: {
    server: 'fastify-attributes',
    title: 'a child span with 10 attributes',
    tracers: SAMPLED,
    connections: 32,
  },
  'attributes-x10': {
    server: 'fastify-attributes-x10',
    title: 'a child span with 100 attributes',
    tracers: SAMPLED,
    connections: 32,
  },
  'connections-x10': { server: 'fastify', title: '320 connections', tracers: SAMPLED, connections: 320 },
};

/** What a case is ten times of. */
const TENTH: Readonly<Record<string, string>> = {
  'children-x10': 'children',
  'attributes-x10': 'attributes',
  'connections-x10': 'fastify',
};

/** CPU microseconds per request: of the bare server, and what each tracer adds to it. */
interface Result {
  readonly bare: number;
  readonly added: ReadonlyMap<string, number>;
}

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
};

async function measure(asked: Case, sink: PinnedChild, load: PinnedChild): Promise<Result> {
  const only = values.only?.split(',');
  const tracers = asked.tracers.filter(
    (name) => name === 'bare' || only === undefined || only.includes(name),
  );
  const servers = new Map<string, PinnedChild>();
  for (const tracer of tracers) {
    const args = [asked.server, tracer, String(sink.first.port), String(sink.first.backend)];
    servers.set(tracer, await startPinned('server.ts', args, 0));
  }
  const cpu = new Map<string, number[]>(tracers.map((tracer) => [tracer, []]));
  for (let round = -1; round < ROUNDS * (asked.noise ?? 1); round++) {
    for (const tracer of round % 2 === 0 ? tracers : tracers.toReversed()) {
      const us = await cpuOfRound(servers.get(tracer), load, asked, round < 0 ? WARMUP_MS : DURATION_MS);
      if (round >= 0) cpu.get(tracer)?.push(us);
    }
  }
  for (const server of servers.values()) server.process.disconnect();
  const bare = cpu.get('bare') ?? [];
  const added = tracers
    .filter((tracer) => tracer !== 'bare')
    .map((tracer) => {
      const differences = (cpu.get(tracer) ?? []).map((us, round) => us - (bare[round] ?? 0));
      return [tracer, median(differences)] as const;
    });
  return { bare: median(bare), added: new Map(added) };
}

async function cpuOfRound(
  server: PinnedChild | undefined,
  load: PinnedChild,
  { connections }: Case,
  durationMs: number,
): Promise<number> {
  if (server === undefined) return 0;
  await server.ask('begin');
  await load.ask({ port: server.first.port, durationMs, connections });
  const { cpuUs = 0, requests = 1, dropped = 0 } = await server.ask('end');
  if (dropped > 0) console.log(`! ${dropped} spans were dropped`);
  return cpuUs / requests;
}

const us = (number: number | undefined): string => (number === undefined ? '' : `+${number.toFixed(1)}`);

/** The share of what stock instrumentation adds in the same run. */
function share({ added }: Result): string {
  const [ours, stock] = [added.get('ours-sampled'), added.get('stock-sampled')];
  return ours === undefined || stock === undefined ? '' : `1/${(stock / ours).toFixed(1)}`;
}

function row({ title }: Case, result: Result): string {
  const cells = ['ours-sampled', 'ours-unsampled', 'stock-sampled', 'stock-unsampled'];
  const fastify = result.added.get('stock-fastify');
  return `| ${[
    title,
    result.bare.toFixed(1),
    ...cells.map((tracer) => us(result.added.get(tracer))),
    share(result),
    ...(fastify === undefined ? [] : [`with @fastify/otel ${us(fastify)}`]),
  ].join(' | ')} |`;
}

function growth(name: string, results: ReadonlyMap<string, Result>): string {
  const one = results.get(TENTH[name] ?? '');
  const ten = results.get(name);
  const times = (tracer: string) =>
    ((ten?.added.get(tracer) ?? 0) / (one?.added.get(tracer) ?? 1)).toFixed(1);
  return `| ${CASES[name]?.title} | ${us(ten?.added.get('ours-sampled'))}, ${times('ours-sampled')} times ${
    CASES[TENTH[name] ?? '']?.title
  } | ${us(ten?.added.get('stock-sampled'))}, ${times('stock-sampled')} times | ${ten ? share(ten) : ''} |`;
}

const names = positionals.length > 0 ? positionals : Object.keys(CASES);
const unknown = names.find((name) => !(name in CASES));
if (unknown !== undefined) {
  throw new Error(`no case ${JSON.stringify(unknown)}; there are ${Object.keys(CASES).join(', ')}`);
}
const sink = await startPinned('sink.ts', [], 1);
const load = await startPinned('load.ts', [], 1);
console.log(
  `Node ${process.version}; ${canPin ? 'servers on core 0, load and collector on core 1' : 'not pinned (no taskset)'}; CPU us per request, median of ${ROUNDS} rounds of ${DURATION_MS} ms\n`,
);
console.log('| | bare | ours, all sampled | ours, none | stock, all sampled | stock, none | of stock |');
console.log('|---|---|---|---|---|---|---|');
const results = new Map<string, Result>();
for (const name of names) {
  const asked = CASES[name];
  if (asked === undefined) continue;
  const result = await measure(asked, sink, load);
  results.set(name, result);
  console.log(row(asked, result));
}
const grown = names.filter((name) => results.has(TENTH[name] ?? ''));
if (grown.length > 0) {
  console.log('\n| ten times as much | ours adds | stock adds | of stock |\n|---|---|---|---|');
  for (const name of grown) console.log(growth(name, results));
}
load.process.disconnect();
sink.process.disconnect();
