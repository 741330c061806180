import { closeInTime, createLogger } from '@utxoiq/service-runner';
import { TracingService } from '@utxoiq/tracing';
import type { FastifyInstance } from 'fastify';
import { openAlerts } from './alerts/open-alerts.ts';
import { buildApp } from './app.ts';
import { type AuthService, openAuth } from './auth/auth-service.ts';
import { openBackend } from './backend/backend.ts';
import type { Config } from './config.ts';
import { given } from './given.ts';
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
    // Without a collector of its own nobody listens at the default address.
    ...(config.clickhouse === null && config.otlpEndpoint === undefined
      ? { sink: { add: () => undefined } }
      : {}),
  });
  const logger = createLogger({
    level: config.logLevel,
    service: 'web-api',
    traceFields: () => tracing.logFields(),
  });
  const auth = await openAuth(config);
  const backend =
    config.clickhouse === null
      ? null
      : await openBackend(config.clickhouse, { config, auth, logger }, opened);
  await tracing.start();
  opened.defer(() => tracing.stop());

  let isStopping = false;
  let ownUrl = '';
  const alerts =
    backend === null || config.traceSource === 'cloud-trace' || !config.alerts.isOn
      ? undefined
      : await openAlerts({ config, backend, logger, baseUrl: () => ownUrl });
  if (alerts !== undefined) opened.defer(() => alerts.stop());
  const source =
    backend === null || config.traceSource === 'cloud-trace'
      ? new CloudTraceSource(config.projectId, config.cloudTrace.endpoint)
      : storeSource(backend.store);
  const metrics = new Metrics(
    backend === null
      ? {}
      : {
          collectorStats: () => backend.collector.stats(),
          retentionStats: () => backend.retention.stats(),
          pingEngine: () => backend.store.ping(),
          ...(alerts === undefined
            ? {}
            : { alertStats: () => alerts.stats(), firingAlerts: () => alerts.firingByRule() }),
        },
  );
  const app = await buildApp({
    config,
    auth,
    source,
    logger,
    metrics,
    ...given({ alerts }),
    isStopping: () => isStopping,
    traced: (name, work) => tracing.traceRequest(name)(work),
    instrument: (instance) => tracing.instrumentFastify(instance),
    ...(backend === null
      ? {}
      : {
          ingest: (request, response) => backend.collector.handleHttp(request, response),
          plugins: backend.cloudTrace.plugins,
        }),
  });
  opened.defer(() => closeInTime(app));
  backend?.cloudTrace.attach(app.server);
  // Before the app, which waits for its connections: tunnels would stay as long as their programs live.
  opened.defer(() => backend?.cloudTrace.close());
  const stored = backend === null ? '; nothing is stored here, traces are read from Google Cloud Trace' : '';
  const url = await listen(app, config, (address) => `web-api listens on ${address}${stored}`);

  ownUrl = url;
  alerts?.start();

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

async function listen(
  app: FastifyInstance,
  config: Config,
  listenTextResolver: (address: string) => string,
): Promise<string> {
  await app.listen({ host: config.host, port: config.port, listenTextResolver });
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
