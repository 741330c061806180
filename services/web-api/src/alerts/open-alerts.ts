import type { Logger } from '@utxoiq/service-runner';
import type { Backend } from '../backend/backend.ts';
import type { Config } from '../config.ts';
import { AlertKeeper } from './alert-keeper.ts';

/** The keeper over this process's store. */
export function openAlerts(options: {
  readonly config: Config;
  readonly backend: Pick<Backend, 'store' | 'collector'>;
  readonly logger: Logger;
  readonly baseUrl: () => string;
}): Promise<AlertKeeper> {
  const { config, backend, logger, baseUrl } = options;
  return AlertKeeper.open({
    config: config.alerts,
    dataDir: config.dataDir,
    ask: (query) => backend.store.minutes(query),
    logger,
    baseUrl,
    // What waits in the log would look as if it had never been sent.
    blockedBy: () => (backend.collector.stats().storeFailing ? 'the store takes no spans now' : null),
  });
}
