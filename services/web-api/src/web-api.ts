import { Collector } from '@utxoiq/collector';
import { TraceStore } from '@utxoiq/store';
import { TracingService } from '@utxoiq/tracing';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { type AuthService, ingestAuthorizer, openAuth } from './auth/auth-service.ts';
import { type CloudTrace, openCloudTrace } from './cloud-trace/cloud-trace.ts';
import type { Config } from './config.ts';
import { createLogger } from './observe/logger.ts';
import { Metrics } from './observe/metrics.ts';
import { CloudTraceSource } from './source/cloud-trace-source.ts';
import { storeSource } from './source/store-source.ts';

export interface WebApi {
  readonly url: string;
  /** Good for one use; null where an issuer is configured. */
  readonly signInUrl: string | null;
  /** Answers what is under way, then drains the collector, the SDK and the store. */
  stop(): Promise<void>;
}

/** Opens what the API needs, in order, and listens; closes again what it opened when something fails. */
export async function startWebApi(config: Config): Promise<WebApi> {
  const opened = new AsyncDisposableStack();
  try {
    return await open(config, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function open(config: Config, opened: AsyncDisposableStack): Promise<WebApi> {
  const tracing = new TracingService({
    projectId: config.projectId,
    serviceName: 'web-api',
    // Else every block the loader sends to the store would be a trace, stored by the next block.
    clientSpansNeedParent: true,
  });
  const logger = createLogger({
    level: config.logLevel,
    service: 'web-api',
    traceFields: () => tracing.logFields(),
  });
  const auth = await openAuth(config);
  const store = await TraceStore.open({ ...config.clickhouse, logger });
  opened.defer(() => store.close());
  const cloudTrace = await openCloudTrace({
    config,
    auth,
    logger,
    reader: store,
    collector: () => collector,
  });
  const collector = await startCollector(config, { store, auth, logger, cloudTrace });
  opened.defer(() => collector.stop());
  await tracing.start();
  opened.defer(() => tracing.stop());

  let isStopping = false;
  const source =
    config.traceSource === 'cloud-trace'
      ? new CloudTraceSource(config.projectId, config.cloudTrace.endpoint)
      : storeSource(store);
  const metrics = new Metrics({
    collectorStats: () => ({ ...collector.stats() }),
    pingEngine: () => store.ping(),
  });
  const app = await buildApp({
    config,
    auth,
    source,
    logger,
    metrics,
    isStopping: () => isStopping,
    traced: (name, work) => tracing.traceRequest(name)(work),
    instrument: (instance) => tracing.instrumentFastify(instance),
    ingest: (request, response) => collector.handleHttp(request, response),
    plugins: cloudTrace.plugins,
  });
  opened.defer(() => app.close());
  cloudTrace.attach(app.server);
  // Before the app, which waits for its connections: tunnels would stay as long as their programs live.
  opened.defer(() => cloudTrace.close());
  const url = await listen(app, config);
  logger.info({ url }, `web-api listens on ${url}`);

  let stopping: Promise<void> | undefined;
  return {
    url,
    signInUrl: signInUrl(auth, config, url),
    stop: () => {
      isStopping = true;
      stopping ??= opened.disposeAsync();
      return stopping;
    },
  };
}

function startCollector(
  config: Config,
  {
    store,
    auth,
    logger,
    cloudTrace,
  }: { store: TraceStore; auth: AuthService; logger: Logger; cloudTrace: CloudTrace },
): Promise<Collector> {
  return Collector.start({
    store,
    dataDir: config.dataDir,
    projectId: config.projectId,
    host: config.host,
    otlpHttpPort: config.otlpHttpPort,
    grpcPort: config.grpcPort,
    authorize: ingestAuthorizer(config, auth.verifier),
    grpcServices: cloudTrace.grpcServices,
    ...(cloudTrace.tls === null ? {} : { tls: cloudTrace.tls }),
    logger,
  });
}

async function listen(app: FastifyInstance, config: Config): Promise<string> {
  await app.listen({ host: config.host, port: config.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  return (
    config.http.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  );
}

function signInUrl(auth: AuthService, config: Config, url: string): string | null {
  if (auth.localKey === null) return null;
  const operator = {
    subject: 'operator',
    roles: ['admin'] as const,
    projects: 'all' as const,
    expiresAt: Math.floor(Date.now() / 1000) + 30 * 24 * 3600,
  };
  return `${config.http.publicUrl ?? url}/sign-in?code=${auth.signInCodes.issue(operator)}`;
}
