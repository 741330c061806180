// Durable and queryable spans a second, with the load generator on the same machine:
//   node bench/collector/ingest.ts [--spans 2000000] [--request 1000] [--in-flight 6] [--gzip] [--grpc] [--rate 0]
// Prints spans/s acknowledged and queryable, how long an acknowledgement took, memory, bytes per stored span.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EmbeddedClickHouse } from '@utxoiq/clickhouse-embedded';
import { spawnCollector } from '../../packages/collector/test/spawn-collector.ts';
import type { LoadPlan, LoadResult } from './load-generator.ts';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '2000000' },
    request: { type: 'string', default: '1000' },
    'in-flight': { type: 'string', default: '6' },
    rate: { type: 'string', default: '0' },
    gzip: { type: 'boolean', default: false },
    grpc: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    'node-args': { type: 'string', default: '' },
  },
});
const directory = mkdtempSync(join(tmpdir(), 'utxoiq-ingest-'));
const engine = await EmbeddedClickHouse.start({ dataDir: join(directory, 'engine') });
const collector = await spawnCollector(engine.url, join(directory, 'collector'), {
  execArgv: [
    ...(values.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(tmpdir(), 'utxoiq-profile')}`] : []),
    ...values['node-args'].split(' ').filter((arg) => arg !== ''),
  ],
});
const plan: LoadPlan = {
  httpPort: collector.otlpHttp,
  grpcPort: collector.grpc,
  totalSpans: Number(values.spans),
  requestSpans: Number(values.request),
  inFlight: Number(values['in-flight']),
  gzip: values.gzip,
  grpc: values.grpc,
  spansPerSecond: Number(values.rate),
};

async function query(sql: string): Promise<string> {
  const response = await fetch(engine.url, { method: 'POST', body: sql });
  if (!response.ok) throw new Error(await response.text());
  return (await response.text()).trim();
}

const rssMiB = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
const cpuSeconds = (pid: number | undefined): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const peak = { engine: 0, collector: 0, generator: 0, all: 0 };
const generator = fork(fileURLToPath(new URL('./load-generator.ts', import.meta.url)), [
  JSON.stringify(plan),
]);
await once(generator, 'message'); // it is ready
const start = performance.now();
const before = {
  engine: cpuSeconds(engine.enginePid),
  collector: cpuSeconds(collector.process.pid),
  generator: cpuSeconds(generator.pid),
};
let generatorCpu = 0;
const sampler = setInterval(() => {
  const now = { engine: rssMiB(engine.enginePid), collector: rssMiB(collector.process.pid), generator: 0 };
  try {
    now.generator = rssMiB(generator.pid);
    generatorCpu = cpuSeconds(generator.pid) - before.generator;
  } catch {
    // It has ended.
  }
  const all = now.engine + now.collector;
  for (const [name, mib] of Object.entries({ ...now, all }))
    peak[name as 'all'] = Math.max(peak[name as 'all'], mib);
}, 250);
const [result] = (await once(generator, 'message')) as [LoadResult];
for (;;) {
  const { storedSpans } = await collector.stats();
  if (storedSpans >= result.acknowledgedSpans) break;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const seconds = (performance.now() - start) / 1000;
clearInterval(sampler);
const cpu = {
  engine: cpuSeconds(engine.enginePid) - before.engine,
  collector: cpuSeconds(collector.process.pid) - before.collector,
};
const rows = Number(await query('SELECT count() FROM utxoiq.spans'));
const stored = await query(
  "SELECT sum(bytes_on_disk), count() FROM system.parts WHERE active AND database = 'utxoiq' AND table = 'spans'",
);
const [bytes = 0, parts = 0] = stored.split('\t').map(Number);
const perSpan = (cpuSecond: number) => ((cpuSecond / result.acknowledgedSpans) * 1e6).toFixed(2);
const rate = (value: number) => Math.round(value).toLocaleString('en');
console.log(
  `${plan.grpc ? 'gRPC' : 'HTTP'}${plan.gzip ? ' gzip' : ''}, ${plan.requestSpans} spans a request, ${plan.inFlight} in flight`,
);
console.log(
  `  acknowledged  ${rate(result.acknowledgedSpans / result.seconds)} spans/s over ${result.seconds.toFixed(1)} s, ${result.refusals} refusals`,
);
console.log(
  `  queryable     ${rate(result.acknowledgedSpans / seconds)} spans/s over ${seconds.toFixed(1)} s; ${rows} rows of ${result.acknowledgedSpans}`,
);
console.log(
  `  acknowledge   p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms, max ${result.maxMs.toFixed(0)} ms`,
);
console.log(
  `  CPU           collector ${perSpan(cpu.collector)}, engine ${perSpan(cpu.engine)}, generator ${perSpan(generatorCpu)} us/span`,
);
console.log(
  `  peak memory   engine ${rate(peak.engine)}, collector ${rate(peak.collector)}, both ${rate(peak.all)}, generator ${rate(peak.generator)} MiB`,
);
console.log(
  `  stored        ${(bytes / rows).toFixed(1)} B/span in ${parts} parts, merges as far as they are`,
);
console.log(`  ${JSON.stringify(await collector.stats())}`);
await collector.stop();
await engine.stop();
rmSync(directory, { recursive: true, force: true });
