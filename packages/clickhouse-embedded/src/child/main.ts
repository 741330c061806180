// The process of the engine. It is started by EmbeddedClickHouse, takes everything by messages, and ends with it.
import type { Socket } from 'node:net';
import type { FromChild, ToChild } from '../child-messages.ts';
import { EmbeddedError } from '../embedded-error.ts';
import type { EngineOptions } from '../options.ts';
import { EngineService } from './engine-service.ts';

let service: EngineService | undefined;

const tell = (message: FromChild): Promise<void> =>
  new Promise((resolve) => {
    // Told or not: a parent that is gone shows as 'disconnect'.
    process.send?.(message, undefined, undefined, () => resolve());
  });

async function start(options: EngineOptions): Promise<void> {
  try {
    service = await EngineService.start(options);
    await tell({ type: 'ready', version: service.version });
  } catch (error) {
    const code = error instanceof EmbeddedError ? error.code : 'START_FAILED';
    await tell({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    exit(1);
  }
}

async function stop(): Promise<void> {
  const clean = (await service?.stop()) ?? true;
  await tell({ type: 'stopped' });
  exit(clean ? 0 : 1);
}

// process.exit runs the library's own exit code, which waits for ever for an operation that still runs.
function exit(code: number): void {
  if (code === 0) process.exit(0);
  process.kill(process.pid, 'SIGKILL');
}

function take(socket: Socket | undefined): void {
  void tell({ type: 'taken' });
  if (socket !== undefined && service !== undefined) service.accept(socket);
  else socket?.destroy();
}

process.on('message', (message: ToChild, socket: Socket | undefined) => {
  if (message.type === 'start') void start(message.options);
  else if (message.type === 'stop') void stop();
  else take(socket);
});
// The parent is gone, however it went: nobody may keep the directory locked.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl-C goes to the whole group: the parent hears it too, and decides.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
