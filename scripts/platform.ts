// The platform on one machine: the embedded engine, web-api, feature-engine and insight-generator, each a
// process of its own. Started by `npm start`.
import { Platform } from './platform/platform.ts';
import { PlatformError } from './platform/platform-error.ts';

const platform = new Platform(process.env, (line) => console.log(line));

let stopping = false;
function stop(signal: NodeJS.Signals): void {
  if (stopping) {
    if (signal === 'SIGINT') platform.kill();
    return;
  }
  stopping = true;
  console.log('Stopping (Ctrl-C again: at once)...');
  platform.stop().then(
    () => {
      console.log('Stopped.');
      process.exit(0);
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
process.on('disconnect', () => stop('SIGTERM')); // npm start is gone, however it went.

try {
  await platform.start();
} catch (error) {
  if (!stopping) {
    await platform.stop().catch(() => undefined); // The first error is the one to tell.
    const isKnown =
      error instanceof PlatformError || (error instanceof Error && error.name === 'EmbeddedError');
    console.error(isKnown ? `\n${(error as Error).message}` : error);
    process.exit(1);
  }
}
