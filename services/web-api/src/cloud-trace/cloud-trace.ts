import type { Server } from 'node:http';
import type { Collector, GrpcService, IngestResult, TlsCredentials } from '@utxoiq/collector';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { AuthService } from '../auth/auth-service.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../http/loopback.ts';
import { CloudTraceAccess } from './access.ts';
import type { CloudTraceReader, IngestAnswer } from './cloud-trace-deps.ts';
import { cloudTraceRoutes } from './cloud-trace-routes.ts';
import { CloudTraceService } from './cloud-trace-service.ts';
import { cloudTraceGrpcServices } from './grpc-services.ts';
import { installConnectProxy } from './local/connect-proxy.ts';
import { type LocalCloud, openLocalCloud } from './local/local-cloud.ts';
import { metadataRoutes } from './local/metadata-routes.ts';
import { alsoLocalAccount } from './local/service-account.ts';
import { renewTrustFile } from './local/trust-file.ts';
import { mcpRoutes } from './mcp-routes.ts';
import { QuotaMeter } from './quota-meter.ts';

export interface CloudTraceOptions {
  readonly config: Config;
  readonly auth: AuthService;
  readonly reader: CloudTraceReader;
  /** Asked for when the first span comes: the collector needs our gRPC services to start. */
  readonly collector: () => Pick<Collector, 'ingestSpans' | 'ingestOtlp' | 'acceptGrpc'>;
  readonly logger: FastifyBaseLogger;
}

/** Everything of Cloud Trace that the program hangs into its servers. */
export interface CloudTrace {
  readonly grpcServices: readonly GrpcService[];
  /** For the gRPC port; null where other machines can connect: there the operator brings a certificate. */
  readonly tls: TlsCredentials | null;
  readonly plugins: readonly ((app: FastifyInstance) => Promise<void>)[];
  /** Makes the API's server a proxy for programs whose endpoint cannot be changed; loopback only. */
  attach(server: Server): void;
  close(): void;
}

export async function openCloudTrace(options: CloudTraceOptions): Promise<CloudTrace> {
  const { config, auth, logger, collector } = options;
  const isLocal = isLoopback(config.host);
  // Its account's tokens are good here, so it exists only where the platform itself says who is who.
  const cloud =
    isLocal && auth.localKey !== null
      ? await openLocalCloud(config.dataDir, config.projectId, { renew: true })
      : null;
  if (cloud !== null) renewTrustFile(cloud);
  const verifier = cloud === null ? auth.verifier : alsoLocalAccount(auth.verifier, cloud.account);
  const access = new CloudTraceAccess({ verifier, ingestOpen: isLocal });
  const service = new CloudTraceService({
    reader: options.reader,
    ingest: async (spans, projectId) =>
      answerOf(await collector().ingestSpans(spans, ofProject(projectId)), spans.length),
    ingestOtlp: async (otlp, spanCount, projectId) =>
      answerOf(await collector().ingestOtlp(otlp, ofProject(projectId)), spanCount),
    access,
    profile: config.cloudTrace.profile,
    strictHttpNames: config.cloudTrace.strictHttpNames,
    quota: config.cloudTrace.quotas ? new QuotaMeter() : null,
  });
  let api: Server | null = null;
  let closeProxy = () => {};
  return {
    grpcServices: cloudTraceGrpcServices({
      service,
      onInternalError: (error) => logger.error({ err: error.cause ?? error }, 'Cloud Trace call failed'),
    }),
    tls:
      cloud === null
        ? null
        : {
            ...cloud.certificate,
            plaintextToo: true,
            onHttp1: (socket) => api?.emit('connection', socket) ?? socket.destroy(),
          },
    plugins: plugins({ service, access, cloud, projectId: config.projectId }),
    attach(server) {
      api = server;
      if (cloud === null) return;
      closeProxy = installConnectProxy(server, { accept: (socket) => collector().acceptGrpc(socket) });
    },
    close: () => closeProxy(),
  };
}

function plugins({
  service,
  access,
  cloud,
  projectId,
}: {
  service: CloudTraceService;
  access: CloudTraceAccess;
  cloud: LocalCloud | null;
  projectId: string;
}): CloudTrace['plugins'] {
  const routes = [
    (app: FastifyInstance) => cloudTraceRoutes(app, { service }),
    (app: FastifyInstance) => mcpRoutes(app, { service, access }),
  ];
  if (cloud !== null) routes.push((app) => metadataRoutes(app, { account: cloud.account, projectId }));
  return routes;
}

const ofProject = (projectId: string) => ({ projectId, projects: [projectId] });

function answerOf(result: IngestResult, spanCount: number): IngestAnswer {
  if (result.status === 'refused') {
    return result.retryAfterMs === undefined
      ? { status: 'rejected', reason: result.message }
      : { status: 'busy', retryAfterMs: result.retryAfterMs };
  }
  if (result.rejected === 0) return { status: 'accepted' };
  const reason = `${result.rejected} of ${spanCount} spans cannot be taken: ${result.firstReason ?? ''}`;
  return { status: 'rejected', reason };
}
