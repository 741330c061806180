// Latency of reading through the API at rest, on the recorded data, and how long `npm start` takes.
// node bench/api/read.ts [--data FOLDER]
import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RunningPlatform } from '../../e2e/platform/running-platform.ts';

const rounds = 300;
const { values } = parseArgs({
  options: {
    data: {
      type: 'string',
      default: fileURLToPath(new URL('../../../shared/data/otel-demo/', import.meta.url)),
    },
  },
});

const startedAt = performance.now();
const platform = await RunningPlatform.start({ environment: { RATE_LIMIT: '1000000' } });
console.log(`npm start, first time on the data: ready after ${seconds(startedAt)} s`);

try {
  const files = readdirSync(values.data).filter((file) => file.endsWith('.bin'));
  for (const file of files) {
    const response = await fetch(`${platform.otlpHttpUrl}/v1/traces`, {
      method: 'POST',
      body: readFileSync(`${values.data}/${file}`),
      headers: { 'content-type': 'application/x-protobuf' },
    });
    if (!response.ok) throw new Error(`${file}: ${response.status} ${await response.text()}`);
  }
  const headers = { authorization: `Bearer ${await platform.token()}` };
  const read = async (path: string): Promise<unknown> => {
    const response = await fetch(`${platform.url}/api/v1/monitoring/${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  };
  const range = 'start_time=2020-01-01T00:00:00Z&end_time=2035-01-01T00:00:00Z';
  await new Promise((resolve) => setTimeout(resolve, 2000)); // Until the loader has stored all, and rests.
  const traces = (await read(`traces?${range}&page_size=1000`)) as { trace_id: string; span_count: number }[];
  const spans = traces.reduce((total, trace) => total + trace.span_count, 0);
  console.log(`${files.length} requests, ${traces.length} traces, ${spans} spans`);

  const largest = [...traces].sort((a, b) => b.span_count - a.span_count)[0];
  if (largest === undefined) throw new Error('no traces');
  await measure('get trace, one after the other', (round) =>
    read(`traces/${traces[round % traces.length]?.trace_id}`),
  );
  await measure(`get the largest trace (${largest.span_count} spans)`, () =>
    read(`traces/${largest.trace_id}`),
  );
  await measure('list newest 100', () => read(`traces?${range}`));
  await measure('list with a filter', () =>
    read(`traces?${range}&filter_str=${encodeURIComponent('http.method:POST latency:10ms')}`),
  );
  await measure('list slowest 100', () => read(`traces?${range}&order_by=duration%20desc`));
} finally {
  await platform.stop();
}

const againAt = performance.now();
const again = await RunningPlatform.start({ dataDir: platform.dataDir });
console.log(`npm start, again: ready after ${seconds(againAt)} s`);
await again[Symbol.asyncDispose]();

async function measure(name: string, ask: (round: number) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < 20; round++) await ask(round);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const at = performance.now();
    await ask(round);
    times.push(performance.now() - at);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
  console.log(`${name}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
