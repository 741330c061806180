// What a power cut leaves: a file system of its own for log and engine takes nothing any more from one moment on, what was
// not synced is lost, everything is killed, mounted again and started. Linux, as root (a loop device with ext4):
// node bench/collector/power-cut.ts 8
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedClickHouse } from '@utxoiq/clickhouse-embedded';
import { CrashLoad } from '../../packages/collector/test/crash-round.ts';

const cuts = Number(process.argv[2] ?? 8);
const directory = mkdtempSync(join(tmpdir(), 'utxoiq-power-cut-'));
const [image, disk] = [join(directory, 'image'), join(directory, 'disk')];
const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim();
const mount = () => run('mount', '-o', 'loop,errors=remount-ro', image, disk);

/** The kernel takes the file system for broken: from now on nothing reaches the disk. */
function cutPower(): void {
  const device = run('findmnt', '-no', 'SOURCE', disk).replace('/dev/', '');
  writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1');
}

async function unmount(): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      run('umount', disk);
      return;
    } catch (error) {
      if (attempt === 50) throw error;
      await sleep(100); // Killed processes let go of it in a moment.
    }
  }
}

mkdirSync(disk);
run('truncate', '-s', '2G', image);
run('mkfs.ext4', '-q', '-F', image);
mount();
const start = (port = 0) => EmbeddedClickHouse.start({ dataDir: join(disk, 'engine'), port });
let engine = await start();
const { url } = engine;
const place = {
  url,
  get enginePid() {
    return engine.enginePid;
  },
};
const load = new CrashLoad(place, join(disk, 'collector'));
await load.start();
for (let cut = 1; cut <= cuts; cut++) {
  await load.untilAcknowledged(2_000);
  await sleep(Math.random() * 3_000);
  await load.powerCut(
    async () => {
      cutPower();
      if (engine.enginePid !== undefined) process.kill(engine.enginePid, 'SIGKILL');
      await engine.stop();
    },
    async () => {
      await unmount();
      mount();
      engine = await start(Number(new URL(url).port));
    },
  );
}
await load.untilAcknowledged(1_000);
await load.finish();
console.log(JSON.stringify({ cuts, ...(await load.verify()) }));
await engine.stop();
await unmount();
rmSync(directory, { recursive: true, force: true });
