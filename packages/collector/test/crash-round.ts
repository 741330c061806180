import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedClickHouse } from '@utxoiq/clickhouse-embedded';
import { numberedRequest } from './requests.ts';
import { type CollectorProcess, spawnCollector } from './spawn-collector.ts';

export type Victim = 'collector' | 'engine' | 'both';

const LANES = 4;
const MAX_REQUEST_SPANS = 60;

/** Sends spans with ids that count up, and knows which were acknowledged, through any number of crashes. */
export class CrashLoad {
  readonly #engine: Pick<EmbeddedClickHouse, 'url' | 'enginePid'>;
  readonly #dataDir: string;
  #collector: CollectorProcess | null = null;
  #next = 1;
  #stopped = false;
  #lanes: Promise<void>[] = [];
  /** First id and number of each request that was answered with 200. */
  readonly acknowledged: [first: number, count: number][] = [];
  unanswered = 0;

  constructor(engine: Pick<EmbeddedClickHouse, 'url' | 'enginePid'>, dataDir: string) {
    this.#engine = engine;
    this.#dataDir = dataDir;
  }

  async start(): Promise<void> {
    this.#collector = await this.#spawn();
    this.#lanes = Array.from({ length: LANES }, () => this.#lane());
  }

  /** Until so many more spans have been acknowledged: the load has got through again. */
  async untilAcknowledged(more: number): Promise<void> {
    const enough = this.#acknowledgedSpans() + more;
    while (this.#acknowledgedSpans() < enough) await sleep(20);
  }

  #acknowledgedSpans(): number {
    return this.acknowledged.reduce((sum, [, count]) => sum + count, 0);
  }

  /** Kills the collector when all else has been ended, and starts it when all else is back. */
  async powerCut(end: () => Promise<void>, back: () => Promise<void>): Promise<void> {
    const collector = this.#collector;
    this.#collector = null;
    await end();
    await collector?.kill();
    await back();
    this.#collector = await this.#spawn();
  }

  /** kill -9 under load, then all of it back up. */
  async crash(victim: Victim): Promise<void> {
    const collector = this.#collector;
    if (victim !== 'collector' && this.#engine.enginePid !== undefined) {
      process.kill(this.#engine.enginePid, 'SIGKILL');
    }
    if (victim === 'engine' || collector === null) return;
    this.#collector = null;
    await collector.kill();
    this.#collector = await this.#spawn();
  }

  /** Ends the load and waits until everything acknowledged is stored. */
  async finish(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
    for (let left = 1; left > 0; await sleep(50))
      left = (await this.#collector?.stats())?.logBacklogBytes ?? 0;
    await this.#collector?.stop();
  }

  /** The program ends if the engine is not there to open the store: as a supervisor would, try again. */
  async #spawn(): Promise<CollectorProcess> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await spawnCollector(this.#engine.url, this.#dataDir, { quiet: true });
      } catch (error) {
        if (attempt === 20) throw error;
        await sleep(200);
      }
    }
  }

  async #lane(): Promise<void> {
    while (!this.#stopped) {
      const count = 1 + ((this.#next * 7919) % MAX_REQUEST_SPANS);
      const first = this.#next;
      this.#next += count;
      const collector = this.#collector;
      if (collector === null || !(await send(collector.otlpHttp, numberedRequest(count, first)))) {
        this.unanswered++;
        await sleep(10);
      } else this.acknowledged.push([first, count]);
    }
  }

  /** What is wrong with what the store holds: nothing, if every acknowledged span is there once and no other twice. */
  async verify(): Promise<{ missing: number; repeated: number; stored: number; acknowledged: number }> {
    const response = await fetch(this.#engine.url, {
      method: 'POST',
      body: 'SELECT reinterpretAsUInt64(reverse(span_id)) AS id, count() FROM utxoiq.spans GROUP BY id FORMAT TSV',
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    const counts = new Map<number, number>();
    for (const line of text.trim().split('\n')) {
      const [id = '', count = ''] = line.split('\t');
      counts.set(Number(id), Number(count));
    }
    let missing = 0;
    let acknowledged = 0;
    for (const [first, count] of this.acknowledged) {
      acknowledged += count;
      for (let id = first; id < first + count; id++) if (!counts.has(id)) missing++;
    }
    const repeated = [...counts.values()].filter((count) => count > 1).length;
    return { missing, repeated, stored: counts.size, acknowledged };
  }
}

async function send(port: number, body: Buffer): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/x-protobuf' },
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // The collector was killed while this was on its way: whether it is stored is open.
    return false;
  }
}
