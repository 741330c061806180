// Time that importing the built SDK takes, beside OpenTelemetry's:   node bench/tracing/import.ts [--rounds N]
// Each import is a process of its own, pinned to a core; rounds are interleaved. The package is built anew, in .cache/.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const root = join(import.meta.dirname, '../..');
const built = join(root, '.cache/sdk-import');
execFileSync(process.execPath, [join(root, 'packages/tracing/build.ts'), '--out', built, '--no-types']);

const IMPORTS = {
  '@opentelemetry/api alone': "await import('@opentelemetry/api')",
  'ours, ES modules': "await import('./esm/index.js')",
  'ours, CommonJS': "createRequire(process.cwd() + '/')('./cjs/index.js')",
  'ours, imported and started': "await new (await import('./esm/index.js')).TracingService().start()",
  '@opentelemetry/sdk-trace': "await import('@opentelemetry/sdk-trace')",
  'sdk-trace and its exporter over protobuf':
    "await import('@opentelemetry/sdk-trace'); await import('@opentelemetry/exporter-trace-otlp-proto')",
};
const taskset = spawnSync('taskset', ['-V']).status === 0 ? ['taskset', '-c', '0'] : [];

function importMs(statement: string): number {
  const code = `import { createRequire } from 'node:module';
    const before = performance.now(); ${statement}; console.log(performance.now() - before); process.exit();`;
  const [file = '', ...args] = [...taskset, process.execPath, '--input-type=module', '-e', code];
  return Number(execFileSync(file, args, { cwd: built, encoding: 'utf8' }));
}

const times = new Map<string, number[]>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, statement] of Object.entries(IMPORTS)) {
    times.set(name, [...(times.get(name) ?? []), importMs(statement)]);
  }
}
console.log(`Node ${process.version}; import in ms, median (best) of ${values.rounds} processes`);
for (const [name, list] of times) {
  const sorted = list.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  console.log(`  ${name.padEnd(42)} ${median.toFixed(1).padStart(6)} (${(sorted[0] ?? 0).toFixed(1)})`);
}
