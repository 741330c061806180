// Makes spans for a collector that is away, and says so once they are on disk: `node spilling.ts DIRECTORY`.
import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { TracingService } from '../../src/index.ts';

const [spillDir = ''] = process.argv.slice(2);
const tracing = new TracingService(
  { endpoint: 'http://127.0.0.1:1', spillDir, flushIntervalMs: 5, onProblem: () => {} },
  {},
);
await tracing.start();
const tracer = tracing.getTracer('test');
for (let i = 0; i < 50; i++) {
  tracer.startSpan(`span ${i}`).end();
  await setTimeout(10);
}
while (tracing.metrics().spansSpilled < 50) await setTimeout(10);
process.send?.(readdirSync(spillDir, { recursive: true }).length);
await setTimeout(60_000);
