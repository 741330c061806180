import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { expect, it } from 'vitest';
import { CrashLoad, type Victim } from './crash-round.ts';

const ROUNDS: readonly Victim[] = ['collector', 'engine', 'both', 'collector'];

it('after kill -9 of collector, engine and both under load, every acknowledged span is there exactly once', async () => {
  await using temporary = await startTemporaryEngine();
  const dataDir = await mkdtemp(join(tmpdir(), 'utxoiq-crash-'));
  try {
    const load = new CrashLoad(temporary.engine, dataDir);
    await load.start();
    for (const victim of ROUNDS) {
      await load.untilAcknowledged(300);
      await sleep(Math.random() * 600);
      await load.crash(victim);
    }
    await load.untilAcknowledged(300);
    await load.finish();
    const result = await load.verify();
    expect(result).toMatchObject({ missing: 0, repeated: 0 });
    expect(result.acknowledged).toBeGreaterThan(1_000);
    expect(load.unanswered).toBeGreaterThan(0);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 600_000);
