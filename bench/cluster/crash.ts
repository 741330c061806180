// Kills nodes, Keeper and tracing processes of a real cluster under load, then counts: node bench/cluster/crash.ts --seconds 60
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LocalCluster } from './local-cluster.ts';
import { numberedTraces, TRACE_SPANS, traceIdOf } from './numbered-traces.ts';
import { TracingProcess } from './tracing-process.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    shards: { type: 'string', default: '2' },
    replicas: { type: 'string', default: '2' },
    quorum: { type: 'boolean', default: false },
  },
});
const seconds = Number(options.seconds);
const LANES_EACH = 3;
const REQUEST_TRACES = 10;

await using cluster = await LocalCluster.start({
  shards: Number(options.shards),
  replicas: Number(options.replicas),
  quorum: options.quorum,
});
const tracing = [1, 2].map((number) => new TracingProcess(cluster, `${cluster.directory}/tracing-${number}`));
// At once: they agree on who makes the tables.
await Promise.all(tracing.map((one) => one.start()));

let stopped = false;
let nextTrace = 1;
let unanswered = 0;
/** First trace of each acknowledged request. */
const acknowledged: number[] = [];
const lanes = tracing.flatMap((one) => Array.from({ length: LANES_EACH }, () => lane(one)));

const kills: Record<string, number> = {};
const victims: readonly (readonly [string, () => Promise<void>])[] = [
  ...cluster.nodes.map((node) => {
    const back = async (): Promise<void> => {
      await node.kill();
      await sleep(3_000);
      await node.start();
    };
    return [`ClickHouse of shard ${node.place.shard}`, back] as const;
  }),
  ...tracing.map((one) => {
    const back = async (): Promise<void> => {
      await one.end('SIGKILL');
      await one.start();
    };
    return ['tracing process', back] as const;
  }),
  [
    'Keeper',
    async () => {
      await cluster.keeper.kill();
      await sleep(3_000);
      await cluster.keeper.start();
    },
  ],
];
for (const end = Date.now() + seconds * 1000, order = shuffled(victims); Date.now() < end; ) {
  const [name, kill] = order.next().value;
  await sleep(1_000);
  console.log(`kill -9: ${name} (${acknowledged.length * REQUEST_TRACES * TRACE_SPANS} spans acknowledged)`);
  await kill();
  kills[name] = (kills[name] ?? 0) + 1;
}
stopped = true;
await Promise.all(lanes);
// SIGTERM drains: what the logs hold is stored when they end.
await Promise.all(tracing.map((one) => one.end('SIGTERM')));
await Promise.all(tracing.map((one) => one.start()));
await Promise.all(cluster.nodes.map((node) => node.ask('SYSTEM SYNC REPLICA utxoiq.spans_local')));
console.log(JSON.stringify({ kills, unanswered, ...(await verify()) }, null, 1));
await Promise.all(tracing.map((one) => one.end('SIGTERM')));

async function lane(to: TracingProcess): Promise<void> {
  while (!stopped) {
    const first = nextTrace;
    nextTrace += REQUEST_TRACES;
    if (to.url !== '' && (await to.ingest(numberedTraces(first, REQUEST_TRACES)))) acknowledged.push(first);
    else {
      unanswered++;
      await sleep(50);
    }
  }
}

/** What is wrong with what is stored: nothing, if each acknowledged span is there once and no other twice. */
async function verify(): Promise<Record<string, unknown>> {
  const [first] = cluster.nodes;
  if (first === undefined) throw new Error('no node');
  const text = await first.ask(
    'SELECT reinterpretAsUInt64(reverse(span_id)) AS id, count() FROM utxoiq.spans GROUP BY id FORMAT TSV',
  );
  const copies = new Map(text.split('\n').map((line) => line.split('\t').map(Number) as [number, number]));
  const traces = acknowledged.flatMap((one) => Array.from({ length: REQUEST_TRACES }, (_, i) => one + i));
  const ids = traces.flatMap((trace) =>
    Array.from({ length: TRACE_SPANS }, (_, i) => trace * TRACE_SPANS + i + 1),
  );
  const sample = Array.from({ length: 50 }, () => traces[Math.floor(Math.random() * traces.length)] ?? 1);
  const shown = await Promise.all(
    sample.map((trace, index) => (tracing[index % 2] as TracingProcess).spansOf(traceIdOf(trace))),
  );
  return {
    acknowledged: ids.length,
    missing: ids.filter((id) => !copies.has(id)).length,
    repeated: [...copies.values()].filter((count) => count > 1).length,
    rollup:
      Number(await first.ask('SELECT sum(count) FROM utxoiq.red')) === copies.size ? 'equal' : 'differs',
    perNode: await Promise.all(
      cluster.nodes.map((node) => node.ask('SELECT count() FROM utxoiq.spans_local')),
    ),
    wrongInApis: shown.filter((count) => count !== TRACE_SPANS).length,
  };
}

/** All of them in a random order, again and again. */
function* shuffled<Item>(items: readonly Item[]): Generator<Item, never> {
  for (;;) {
    const round = items.map((item) => [Math.random(), item] as const).sort(([a], [b]) => a - b);
    for (const [, item] of round) yield item;
  }
}
