import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { expect, it } from 'vitest';
import { numberedRequest } from './requests.ts';
import { type CollectorProcess, spawnCollector } from './spawn-collector.ts';

const REQUEST_SPANS = 20;
const SPAN_COPIES =
  'SELECT count() AS ids, max(copies) AS most FROM (SELECT span_id, count() AS copies FROM utxoiq.spans GROUP BY span_id)';

/** Sends one request after the other to a collector, which may be away. */
class Sender {
  static #nextId = 1;
  readonly acknowledged: number[] = [];
  to: CollectorProcess | null;
  #stopped = false;
  readonly #sending: Promise<void>;

  constructor(to: CollectorProcess) {
    this.to = to;
    this.#sending = this.#run();
  }

  async until(requests: number): Promise<void> {
    for (const wanted = this.acknowledged.length + requests; this.acknowledged.length < wanted; )
      await sleep(10);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#sending;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const first = Sender.#nextId;
      Sender.#nextId += REQUEST_SPANS;
      if (this.to !== null && (await isTaken(this.to.otlpHttp, first))) this.acknowledged.push(first);
      else await sleep(10);
    }
  }
}

async function isTaken(port: number, first: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      body: new Uint8Array(numberedRequest(REQUEST_SPANS, first)),
      headers: { 'content-type': 'application/x-protobuf' },
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false; // killed while this was on its way: whether it is stored is open
  }
}

it('three collectors that start at once on one ClickHouse make its schema once, and store every span once though one is killed', async () => {
  await using engine = await startTemporaryEngine();
  const directory = await mkdtemp(join(tmpdir(), 'utxoiq-side-by-side-'));
  const start = (name: string) => spawnCollector(engine.url, join(directory, name), { quiet: true });
  const ask = async (sql: string): Promise<string> =>
    (await (await fetch(engine.url, { method: 'POST', body: `${sql} FORMAT TSV` })).text()).trim();
  try {
    const collectors = await Promise.all(['a', 'b', 'c'].map(start));
    expect(await ask('SELECT count(DISTINCT version) = max(version) FROM utxoiq.schema_version')).toBe('1');
    const senders = collectors.map((collector) => new Sender(collector));
    const [killed, ...others] = senders as [Sender, ...Sender[]];
    await Promise.all(senders.map((sender) => sender.until(5)));
    const victim = killed.to;
    killed.to = null;
    await victim?.kill();
    await Promise.all(others.map((sender) => sender.until(5)));
    killed.to = await start('a');
    await Promise.all(senders.map((sender) => sender.until(5)));
    await Promise.all(senders.map((sender) => sender.stop()));
    await Promise.all(senders.map((sender) => sender.to?.stop()));
    const acknowledged = senders.flatMap((sender) => sender.acknowledged);
    const [ids, most] = (await ask(SPAN_COPIES)).split('\t').map(Number) as [number, number];
    expect(most).toBe(1);
    expect(ids).toBeGreaterThanOrEqual(acknowledged.length * REQUEST_SPANS);
    const firsts = acknowledged.join(', ');
    const found = `SELECT count() FROM utxoiq.spans WHERE reinterpretAsUInt64(reverse(span_id)) - (reinterpretAsUInt64(reverse(span_id)) - 1) % ${REQUEST_SPANS} IN (${firsts})`;
    expect(Number(await ask(found))).toBe(acknowledged.length * REQUEST_SPANS);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
