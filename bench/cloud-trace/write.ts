// BatchWriteSpans and PatchTraces beside OTLP, the same spans over gRPC into the same collector: node bench/cloud-trace/write.ts
//   [--spans 200000] [--request 500] [--in-flight 6] [--rounds 5]. Interleaved, in turning order, since the engine
// goes on merging what the run before stored; durable and queryable spans/s.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EmbeddedClickHouse } from '@utxoiq/clickhouse-embedded';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '200000' },
    request: { type: 'string', default: '500' },
    'in-flight': { type: 'string', default: '6' },
    rounds: { type: 'string', default: '5' },
    profile: { type: 'boolean', default: false },
  },
});
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'utxoiq-cloud-trace-'));
const engine = await EmbeddedClickHouse.start({ dataDir: join(directory, 'engine') });
const server = fork(path('./server.ts'), [engine.url, join(directory, 'collector')], {
  execArgv: values.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(tmpdir(), 'utxoiq-profile')}`] : [],
});
const [{ grpcPort }] = (await once(server, 'message')) as [{ grpcPort: number }];
const plan = {
  grpcPort,
  totalSpans: Number(values.spans),
  requestSpans: Number(values.request),
  inFlight: Number(values['in-flight']),
};
let stored = 0;

/** Of the collector, in microseconds. The engine's depends on what it merges meanwhile. */
function cpuMicros(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

interface Run {
  readonly queryable: number;
  readonly cpu: number;
}

async function run(name: string): Promise<Run> {
  const cpuBefore = cpuMicros();
  const start = performance.now();
  const sender = fork(path('./write-load.ts'), [JSON.stringify({ ...plan, method: name })]);
  const [result] = (await once(sender, 'message')) as [{ acknowledgedSpans: number; seconds: number }];
  for (;;) {
    const answer = once(server, 'message');
    server.send('stats');
    const [{ storedSpans }] = (await answer) as [{ storedSpans: number }];
    if (storedSpans >= stored + result.acknowledgedSpans) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  stored += result.acknowledgedSpans;
  const queryable = result.acknowledgedSpans / ((performance.now() - start) / 1000);
  const text = (rate: number) => Math.round(rate).toLocaleString('en').padStart(9);
  const acknowledged = result.acknowledgedSpans / result.seconds;
  const cpu = (cpuMicros() - cpuBefore) / result.acknowledgedSpans;
  console.log(
    `${name.padEnd(16)} acknowledged ${text(acknowledged)} spans/s, queryable ${text(queryable)} spans/s, collector ${cpu.toFixed(1)} us CPU/span`,
  );
  return { queryable, cpu };
}

const ways = ['OTLP', 'BatchWriteSpans', 'PatchTraces'] as const;
const rounds = { OTLP: [] as Run[], BatchWriteSpans: [] as Run[], PatchTraces: [] as Run[] };
for (let round = 0; round < Number(values.rounds); round++) {
  for (let turn = 0; turn < ways.length; turn++) {
    const name = ways[(round + turn) % ways.length] ?? ways[0];
    rounds[name].push(await run(name));
  }
}
const fastest = (runs: readonly Run[]) => Math.max(...runs.map(({ queryable }) => queryable));
const leastCpu = (runs: readonly Run[]) => Math.min(...runs.map(({ cpu }) => cpu));
for (const name of ['BatchWriteSpans', 'PatchTraces'] as const) {
  const rate = (100 * fastest(rounds[name])) / fastest(rounds.OTLP);
  const cpu = leastCpu(rounds[name]) / leastCpu(rounds.OTLP);
  console.log(`${name} reaches ${rate.toFixed(0)} % of OTLP's rate, at ${cpu.toFixed(2)} times its CPU time`);
}
const exited = once(server, 'exit');
server.kill('SIGTERM');
await exited;
await engine.stop();
rmSync(directory, { recursive: true, force: true });
