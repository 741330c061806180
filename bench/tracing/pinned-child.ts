/** Child processes of a bench, each on a core of its own, that answer one message with another. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

export type Answer = Record<string, number>;

export interface PinnedChild {
  readonly process: ChildProcess;
  /** What it said when it was ready. */
  readonly first: Answer;
  ask(message: unknown): Promise<Answer>;
}

export async function startPinned(file: string, args: string[], core: number): Promise<PinnedChild> {
  const child = fork(new URL(file, import.meta.url), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  pin(child, core);
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ${args.join(' ')} ended with ${code}`);
  });
  died.catch(() => {}); // Awaited through next(); at the end nobody waits any more.
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message'), died]);
    return message as Answer;
  };
  const first = await next();
  pin(child, core); // The threads that have come since.
  return {
    process: child,
    first,
    ask(message) {
      const answer = next();
      child.send(message as object);
      return answer;
    },
  };
}

function pin(child: ChildProcess, core: number): void {
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(child.pid)]);
}
