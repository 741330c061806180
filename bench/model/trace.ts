/**
 * What opening a large trace costs: `node bench/model/trace.ts [spans]` (default 1,000,000). Prints the time
 * of every step over a random tree, and over a chain 100,000 deep and a star with every span under one parent.
 */
import {
  adjustClockSkew,
  buildTree,
  criticalPath,
  decodeOutline,
  diffTraces,
  encodeOutline,
  flameLanes,
  minimap,
  searchOutline,
  selfTimes,
  type TraceOutline,
  totals,
  visibleRows,
} from '@utxoiq/model';

let state = 1;
const size = Number(process.argv[2] ?? 1_000_000);

measure(
  `random tree, ${size} spans`,
  outline(size, (row) => Math.floor(random() * Math.min(row, 50_000))),
);
measure(
  'chain of 100,000',
  outline(100_000, (row) => row - 1),
);
measure(
  `star of ${size}`,
  outline(size, () => 0),
);

function measure(title: string, trace: TraceOutline): void {
  console.log(`\n${title}`);
  const bytes = timed('encodeOutline', () => encodeOutline(trace));
  console.log(`  ${'bytes per span'.padEnd(16)} ${(bytes.length / trace.size).toFixed(1).padStart(8)}`);
  timed('decodeOutline', () => decodeOutline(bytes));
  const tree = timed('buildTree', () => buildTree(trace));
  timed('visibleRows', () => visibleRows(tree, new Set([1, 2, 3])));
  timed('criticalPath', () => criticalPath(trace, tree));
  const self = timed('selfTimes', () => selfTimes(trace, tree));
  timed('totals', () => totals(trace, self, 'operation'));
  timed('flameLanes', () => flameLanes(trace, tree));
  timed('minimap', () => minimap(trace, tree.order, { columns: 1200, bands: 80 }));
  timed('searchOutline', () => searchOutline(trace, 'operation 7'));
  timed('diffTraces', () => diffTraces({ outline: trace, tree }, { outline: trace, tree }));
  timed('adjustClockSkew', () => adjustClockSkew(trace, tree));
}

/** Best of two after a first, in milliseconds of processor time: the wall clock tells more of who else is running. */
function timed<Result>(name: string, run: () => Result): Result {
  let best = Number.POSITIVE_INFINITY;
  let result = run();
  for (let i = 0; i < 2; i++) {
    const start = process.threadCpuUsage();
    result = run();
    const { user, system } = process.threadCpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  console.log(`  ${name.padEnd(16)} ${best.toFixed(1).padStart(8)} ms`);
  return result;
}

function outline(spans: number, parentOf: (row: number) => number): TraceOutline {
  const starts = Float64Array.from({ length: spans }, () => Math.floor(random() * 1e10)).sort();
  starts[0] = 0;
  const ids = new BigUint64Array(spans);
  new Uint32Array(ids.buffer).forEach((_, i, words) => {
    words[i] = random() * 0xffff_ffff;
  });
  return {
    traceId: '5b8efff798038103d269b633813fc60c',
    projectId: 'bench',
    startUnixNano: 1_700_000_000_000_000_000n,
    size: spans,
    spanIds: ids,
    parentSpanIds: ids.map((_, row) => (row === 0 ? 0n : (ids[parentOf(row)] ?? 0n))),
    startNanos: starts,
    durationNanos: starts.map((_, row) => (row === 0 ? 1.1e10 : Math.floor(random() ** 4 * 1e9))),
    nameIndexes: Uint32Array.from({ length: spans }, () => Math.floor(random() * 200)),
    names: Array.from({ length: 200 }, (_, i) => `operation ${i}`),
    serviceIndexes: Uint32Array.from({ length: spans }, () => Math.floor(random() * 20)),
    services: Array.from({ length: 20 }, (_, i) => `service ${i}`),
    flags: Uint8Array.from({ length: spans }, () => Math.floor(random() * 24)),
  };
}

/** The same numbers in every run (mulberry32). */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let hash = Math.imul(state ^ (state >>> 15), 1 | state);
  hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash;
  return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32;
}
