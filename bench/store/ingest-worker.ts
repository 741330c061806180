import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { SpanBlock, TraceStore } from '@utxoiq/store';
import { generateSpans, SPANS_PER_TRACE } from './generate.ts';
import { END_MS } from './load.ts';

// Stores spans of the minutes after the stored ones, at a rate, until it is told to stop: bench/store/while-ingesting.ts
const SPANS_PER_BLOCK = 40_000;
const { url, rate } = workerData as { url: string; rate: number };
const traces = SPANS_PER_BLOCK / SPANS_PER_TRACE;
const blockMs = (SPANS_PER_BLOCK / rate) * 1000;
let stopped = false;
parentPort?.once('message', () => {
  stopped = true;
});

await using store = await TraceStore.open({ url });
const block = new SpanBlock();
const began = performance.now();
let blocks = 0;
while (!stopped) {
  const startUnixMs = END_MS + blocks * blockMs;
  generateSpans({ seed: blocks + 1, traces, startUnixMs, endUnixMs: startUnixMs + blockMs }, (row) =>
    block.add(row),
  );
  await store.insertBlock(block, { token: `busy-${began}-${blocks}` });
  block.clear();
  blocks++;
  if (blocks === 1) parentPort?.postMessage('storing');
  await sleep(Math.max(0, began + blocks * blockMs - performance.now()));
}
parentPort?.postMessage({ spans: blocks * SPANS_PER_BLOCK, seconds: (performance.now() - began) / 1000 });
