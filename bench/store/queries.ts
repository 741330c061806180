import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EmbeddedClickHouse, startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { TraceStore } from '@utxoiq/store';
import { loadOnce } from './load.ts';
import { engineCpuMs, merge, readIntoMemory, spanBytes } from './on-disk.ts';
import { queries } from './query-list.ts';

// Warm medians (the data in the operating system's memory) of the store's queries over generated spans of 24 hours, and
// bytes per span after merging:
//   node bench/store/queries.ts --spans 1000000
//   node bench/store/queries.ts --spans 10000000 --data-dir /tmp/spans   (kept; the next run reads it again)
//   node bench/store/queries.ts --spans 1000000,10000000                 (how times grow with the spans)
//   node bench/store/queries.ts --spans 10000000 --hours 0.037           (75,000 spans a second)
// With several numbers of spans, each has a folder of its own in the data directory.
// `statement` is the cost of one empty statement at that moment: how busy the machine is. CPU is the engine's, and
// depends less on what else runs.
const { values: options } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000' },
    'data-dir': { type: 'string' },
    hours: { type: 'string', default: '24' },
    runs: { type: 'string', default: '11' },
    only: { type: 'string', default: '' },
  },
});

// Of this program, too: its own part of a page takes a third once it is compiled.
const WARM_UP_MS = 1_000;
const WARM_UP_ROUNDS = 30;

async function measured(
  url: string,
  run: () => Promise<unknown>,
): Promise<{ wallMs: number; cpuMs: number }> {
  const warmUntil = performance.now() + WARM_UP_MS;
  for (let round = 0; round < 2 || (round < WARM_UP_ROUNDS && performance.now() < warmUntil); round++)
    await run();
  const times: number[] = [];
  const cpuBefore = await engineCpuMs(url);
  for (let round = 0; round < Number(options.runs); round++) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  const cpuMs = ((await engineCpuMs(url)) - cpuBefore) / times.length;
  times.sort((a, b) => a - b);
  return { wallMs: times[Math.floor(times.length / 2)] as number, cpuMs };
}

type Figures = Map<string, { wallMs: number; cpuMs: number }>;

async function measure(url: string, spans: number, folder: string | undefined): Promise<Figures> {
  await using store = await TraceStore.open({ url, limits: { timeoutMs: 60_000 } });
  const loaded = await loadOnce(store, spans, Number(options.hours) * 3_600_000);
  if (loaded.seconds > 0) await merge(url);
  for (const line of await spanBytes(store)) console.log(line);
  if (folder !== undefined) await readIntoMemory(folder);
  const figures: Figures = new Map();
  for (const [name, target, run] of queries(store, loaded)) {
    if (!name.includes(options.only)) continue;
    const { wallMs, cpuMs } = await measured(url, run);
    figures.set(name, { wallMs, cpuMs });
    const columns = `${wallMs.toFixed(1).padStart(8)} ms ${cpuMs.toFixed(1).padStart(8)} CPU`;
    console.log(`${columns}  ${name}${target === null ? '' : ` (target ${target})`}`);
  }
  return figures;
}

async function inEngine(spans: number, folder: string | undefined): Promise<Figures> {
  const limits = { maxMemoryBytes: 2_000_000_000, maxQuerySeconds: 600 };
  await using engine =
    folder === undefined
      ? await startTemporaryEngine(limits)
      : await EmbeddedClickHouse.start({ dataDir: folder, ...limits });
  return await measure(engine.url, spans, folder);
}

const sizes = options.spans.split(',').map(Number);
const dataDir = options['data-dir'];
const figures: Figures[] = [];
for (const spans of sizes) {
  if (sizes.length > 1) console.log(`\n${spans} spans`);
  const folder = dataDir === undefined || sizes.length === 1 ? dataDir : join(dataDir, String(spans));
  figures.push(await inEngine(spans, folder));
}
const [few, many] = [figures[0], figures.at(-1)];
if (few !== undefined && many !== undefined && few !== many) {
  console.log(`\n${sizes.at(-1)} spans take so many times what ${sizes[0]} take (ms, CPU):`);
  for (const [name, { wallMs, cpuMs }] of few) {
    const { wallMs: wall = 0, cpuMs: cpu = 0 } = many.get(name) ?? {};
    console.log(`${(wall / wallMs).toFixed(1).padStart(8)} ${(cpu / cpuMs).toFixed(1).padStart(8)}  ${name}`);
  }
}
