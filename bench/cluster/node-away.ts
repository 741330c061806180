// What works, and how fast, while one replica of a real cluster is away: node bench/cluster/node-away.ts
import { setTimeout as sleep } from 'node:timers/promises';
import { SpanBlock, SpanRows, TraceStore } from '@utxoiq/store';
import { spanWith } from '../../packages/store/test/span-with.ts';
import { LocalCluster } from './local-cluster.ts';

await using cluster = await LocalCluster.start();
const options = { url: cluster.url, cluster: cluster.name };
const start = 1_795_000_000_000_000_000n;
const range = {
  projects: 'all',
  startUnixNano: start - 1n,
  endUnixNano: start + 3_600_000_000_000n,
} as const;
let blocks = 0;

async function insert(store: TraceStore): Promise<void> {
  const block = new SpanBlock();
  const rows = new SpanRows();
  for (let number = 0; number < 1_000; number++) {
    const id = (blocks * 1_000 + number + 1).toString(16);
    block.add(
      rows.of(
        spanWith({ traceId: id.padStart(32, 'a'), spanId: id.padStart(16, '0'), startUnixNano: start }),
      ),
    );
  }
  await store.insertBlock(block, { token: `block ${blocks++}` });
}

async function timed(what: string, step: () => Promise<unknown>): Promise<void> {
  const from = performance.now();
  const outcome = await step().then(
    (answer) => (answer === undefined ? 'done' : String(answer)),
    (error: Error) => `FAILED: ${error.message.slice(0, 200)}`,
  );
  console.log(
    `${what.padEnd(60)} ${String(Math.round(performance.now() - from)).padStart(7)} ms  ${outcome}`,
  );
}

const store = await TraceStore.open(options);
await insert(store);
for (const index of [0, 3]) {
  const node = cluster.nodes[index];
  const who = `shard ${node?.place.shard}, replica ${node?.place.replica} away`;
  await node?.kill();
  await timed(`${who}: insert`, () => insert(store));
  await timed(`${who}: insert again`, () => insert(store));
  await timed(`${who}: spans counted`, async () => (await store.services(range))[0]?.count);
  await timed(`${who}: a process starts`, async () => (await TraceStore.open(options)).close());
  await timed(`${who}: a database is made`, async () =>
    (await TraceStore.open({ ...options, database: `made_${index}` })).close(),
  );
  await timed(`${who}: a trace is deleted`, () =>
    Promise.race([
      store.deleteTrace({ projects: 'all', traceId: '1'.padStart(32, 'a') }),
      sleep(30_000, 'still waiting for the replica after 30 s', { ref: false }),
    ]),
  );
  await node?.start();
  await timed(`${who}: back, and equal`, async () => {
    // What it missed of ON CLUSTER it does after it has begun to answer.
    const made = `SELECT count() FROM system.tables WHERE database = 'made_${index}' AND name = 'spans'`;
    while ((await node?.ask(made)) === '0') await sleep(50);
    await node?.ask('SYSTEM SYNC REPLICA utxoiq.spans_local');
    return node?.ask('SELECT count() FROM utxoiq.spans_local');
  });
}
await store.close();
