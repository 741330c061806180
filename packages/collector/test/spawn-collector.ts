import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CollectorLimits, CollectorStats } from '../src/index.ts';

const PROGRAM = fileURLToPath(new URL('./collector-process.ts', import.meta.url));

export interface CollectorProcess {
  readonly process: ChildProcess;
  readonly otlpHttp: number;
  readonly grpc: number;
  stats(): Promise<CollectorStats>;
  /** Drains and ends. */
  stop(): Promise<void>;
  /** As a power cut would. */
  kill(): Promise<void>;
}

export async function spawnCollector(
  url: string,
  dataDir: string,
  options: { limits?: Partial<CollectorLimits>; quiet?: boolean; execArgv?: string[] } = {},
): Promise<CollectorProcess> {
  const child = fork(PROGRAM, [url, dataDir, JSON.stringify(options.limits ?? {})], {
    stdio: ['ignore', 'inherit', options.quiet ? 'ignore' : 'inherit', 'ipc'],
    // As the platform starts it: docs/operate.md, "Memory and the garbage of requests".
    execArgv: ['--initial-old-space-size=128', ...(options.execArgv ?? [])],
  });
  const exited = once(child, 'exit');
  const first = await Promise.race([once(child, 'message'), exited.then(() => null)]);
  if (first === null) throw new Error('the collector process ended before it was ready');
  const { ready } = first[0] as { ready: { otlpHttp: number; grpc: number } };
  return {
    process: child,
    ...ready,
    async stats() {
      const answer = once(child, 'message');
      child.send('stats');
      const [{ stats }] = (await answer) as [{ stats: CollectorStats }];
      return stats;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
