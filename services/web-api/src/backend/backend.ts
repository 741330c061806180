import { Collector } from '@utxoiq/collector';
import type { Logger } from '@utxoiq/service-runner';
import type { TraceStore } from '@utxoiq/store';
import { type AuthService, ingestAuthorizer } from '../auth/auth-service.ts';
import { type CloudTrace, openCloudTrace } from '../cloud-trace/cloud-trace.ts';
import type { ClickhouseConfig, Config } from '../config.ts';
import { openStore } from './open-store.ts';
import { RetentionKeeper } from './retention-keeper.ts';

/** What stores spans and answers for them; absent where everything is read from Google. */
export interface Backend {
  readonly store: TraceStore;
  readonly collector: Collector;
  readonly cloudTrace: CloudTrace;
  readonly retention: RetentionKeeper;
}

/** Opens the store, the collector with its receivers, and Cloud Trace's services; what is opened is deferred to be closed. */
export async function openBackend(
  clickhouse: ClickhouseConfig,
  { config, auth, logger }: { config: Config; auth: AuthService; logger: Logger },
  opened: AsyncDisposableStack,
): Promise<Backend> {
  const store = await openStore({ ...clickhouse, logger }, { say: (line) => logger.warn(line) });
  opened.defer(() => store.close());
  const retention = RetentionKeeper.start({ store, logger });
  opened.defer(() => retention.stop());
  const cloudTrace = await openCloudTrace({
    config,
    auth,
    logger,
    reader: store,
    collector: () => collector,
  });
  const collector = await Collector.start({
    store,
    dataDir: config.dataDir,
    projectId: config.projectId,
    host: config.host,
    otlpHttpPort: config.otlpHttpPort,
    grpcPort: config.grpcPort,
    limits: { maxLogBytes: config.maxLogBytes },
    authorize: ingestAuthorizer(config, auth.verifier),
    grpcServices: cloudTrace.grpcServices,
    ...(cloudTrace.tls === null ? {} : { tls: cloudTrace.tls }),
    logger,
  });
  opened.defer(() => collector.stop());
  return { store, collector, cloudTrace, retention };
}
