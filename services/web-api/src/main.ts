import { ConfigError } from '@utxoiq/service-runner';
import { readConfig } from './config.ts';
import { startWebApi, type WebApi } from './web-api.ts';

/** One line for what the operator can mend, everything for what they cannot; then the end. */
function fail(error: unknown): never {
  const known = error instanceof ConfigError || (error instanceof Error && 'code' in error);
  console.error(known ? (error as Error).message : error);
  process.exit(1);
}

let running: WebApi | undefined;
let stopping: Promise<void> | undefined;
const stop = (): void => {
  stopping ??= (running?.stop() ?? Promise.resolve()).catch(fail);
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

try {
  running = await startWebApi(readConfig());
  // The platform's supervisor prints the sign-in link; without one it goes to the log's reader by stderr.
  const message = { type: 'ready', url: running.url, signInUrl: running.signInUrl };
  if (process.send !== undefined) process.send(message);
  else console.error(`${running.url} ${running.signInUrl ?? ''}`);
  if (stopping !== undefined) await running.stop();
} catch (error) {
  fail(error);
}
