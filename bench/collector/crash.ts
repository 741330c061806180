// A soak: kill -9 of collector, engine and both, in turns, under load, for as long as asked for (seconds):
// node bench/collector/crash.ts 60
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedClickHouse } from '@utxoiq/clickhouse-embedded';
import { CrashLoad, type Victim } from '../../packages/collector/test/crash-round.ts';

const seconds = Number(process.argv[2] ?? 60);
const directory = mkdtempSync(join(tmpdir(), 'utxoiq-crash-soak-'));
const engine = await EmbeddedClickHouse.start({ dataDir: join(directory, 'engine') });
const load = new CrashLoad(engine, join(directory, 'collector'));
const victims: readonly Victim[] = ['collector', 'engine', 'both'];
const kills = { collector: 0, engine: 0, both: 0 };
await load.start();
for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
  await sleep(100 + Math.random() * 1_500);
  const victim = victims[Math.floor(Math.random() * victims.length)] as Victim;
  await load.crash(victim);
  kills[victim]++;
}
await load.finish();
console.log(JSON.stringify({ kills, unanswered: load.unanswered, ...(await load.verify()) }));
await engine.stop();
rmSync(directory, { recursive: true, force: true });
