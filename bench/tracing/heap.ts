// Heap over many spans: it must not grow.   node --expose-gc bench/tracing/heap.ts [--spans 10000000]
import { parseArgs } from 'node:util';
import { TracingService } from '@utxoiq/tracing';

const { values } = parseArgs({ options: { spans: { type: 'string', default: '10000000' } } });
const SPANS = Number(values.spans);
const STEPS = 10;

const service = new TracingService(
  {
    transport: {
      endpoint: 'none:',
      send: async () => ({ status: 'ok', rejectedSpans: 0, message: '' }),
      close() {},
    },
    flushOnExit: false,
  },
  {},
);
await service.start();
const request = service.traceRequest('request')(async (id: number) => {
  for (let i = 0; i < 8; i++) step(id, i);
  await Promise.resolve();
});
const step = service.traceRequest('step')((id: number, i: number) =>
  service.addSpanAttributes({ id, i, stage: 'x' }),
);

const heaps: number[] = [];
for (let part = 0; part < STEPS; part++) {
  for (let i = 0; i < SPANS / STEPS / 9; i++) {
    await request(i);
    // Timers and sockets get their turn, as in a server.
    if (i % 2000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await service.flush();
  globalThis.gc?.();
  heaps.push(process.memoryUsage().heapUsed / 1e6);
}
const { spansEnded } = service.metrics();
console.log(
  `${spansEnded} spans; heap in MB after each tenth: ${heaps.map((heap) => heap.toFixed(1)).join(' ')}`,
);
await service.stop();
const growth = (heaps.at(-1) ?? 0) - (heaps[1] ?? 0);
console.log(growth < 1 ? 'no growth' : `GREW by ${growth.toFixed(1)} MB`);
process.exitCode = growth < 1 ? 0 : 1;
