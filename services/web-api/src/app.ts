import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { decorateRequests } from './auth/request-auth.ts';
import { ApiError } from './errors/api-error.ts';
import { installProblems } from './errors/problem.ts';
import { compressAnswers } from './http/compress-answers.ts';
import { installOpenApi } from './http/open-api.ts';
import { watchMethods } from './http/other-methods.ts';
import { answerBadAddress, answerUnparsed } from './http/protocol-errors.ts';
import { identifyResponses } from './http/response-ids.ts';
import type { Metrics } from './observe/metrics.ts';
import { logRequests } from './observe/request-log.ts';
import { alertRuleRoutes } from './routes/alert-rules.ts';
import { alertRoutes } from './routes/alerts.ts';
import { chartRoutes } from './routes/charts.ts';
import { compareRoutes } from './routes/compare.ts';
import { type InsightsDeps, insightsRoutes } from './routes/insights.ts';
import { operationsRoutes } from './routes/operations.ts';
import type { RouteDeps } from './routes/route-deps.ts';
import { sessionRoutes } from './routes/session.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { spanRoutes } from './routes/spans.ts';
import { statisticsRoutes } from './routes/statistics.ts';
import { traceRoutes } from './routes/traces.ts';
import { sendViewerPage, serveViewer } from './viewer/viewer-files.ts';

export interface AppDeps extends RouteDeps {
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly isStopping: () => boolean;
  readonly traced: InsightsDeps['traced'];
  /** Adds a server span to every request of the API; left out in tests that need none. */
  readonly instrument?: (app: FastifyInstance) => void;
  /** Takes `/v1/traces` (OTLP) before this app sees it: the collector reads the raw body itself. */
  readonly ingest?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Further routes with their own error form: Cloud Trace's. */
  readonly plugins?: readonly ((app: FastifyInstance) => Promise<void>)[];
}

/** As on the collector's own port: whoever sends a body for longer holds memory that others need. */
const REQUEST_TIMEOUT_MS = 60_000;
const ingestPath = /^\/(?:v1\/traces|api\/v2\/spans)(?:\?|$)/;

const wholeAddress = /^https?:\/\/[^/?]*/i;
const ingestMethod = /^(?:PATCH|POST) \/v[12]\/projects\//;

/** The whole HTTP surface, wired; neither listens nor opens anything. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { config, ingest } = deps;
  const app = Fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.http.trustProxy,
    bodyLimit: config.http.bodyLimitBytes,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerUnparsed,
    ajv: {
      customOptions: {
        verbose: true, // Problems say what came.
        removeAdditional: false, // A misspelt parameter is an error, not silently another question.
        coerceTypes: 'array',
      },
    },
    serverFactory: (handler: RequestListener) =>
      createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
        // Proxies may send the whole address (RFC 9112 section 3.2.2); routes, links and what is passed on need the path.
        request.url = (request.url ?? '/').replace(wholeAddress, '').replace(/^(?!\/)/, '/');
        if (ingest !== undefined && ingestPath.test(request.url)) ingest(request, response);
        else handler(request, response);
      }),
  });

  // Responses are made by typed functions; their schemas are for the OpenAPI page and the tests.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  identifyResponses(app);
  logRequests(app);
  deps.metrics.observe(app);
  installProblems(app, (request, reply) => sendViewerPage(request, reply, config.viewerDir));
  await installSecurity(app, deps);
  decorateRequests(app);
  await installOpenApi(app);
  const answerOtherMethods = watchMethods(app);
  await app.register(operationsRoutes, deps);
  await app.register(signInRoutes, deps);
  await app.register((api) => installApi(api, deps), { prefix: '/api/v1' });
  await app.register(async (others) => {
    await limitRate(others, deps);
    for (const plugin of deps.plugins ?? []) await others.register(plugin);
  });
  answerOtherMethods();
  await serveViewer(app, config.viewerDir);
  return app;
}

async function installSecurity(app: FastifyInstance, { config }: AppDeps): Promise<void> {
  await app.register(cookie);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: config.http.publicUrl?.startsWith('https:') ?? false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  if (config.http.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...config.http.corsOrigins],
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'traceparent', 'tracestate', 'x-correlation-id'],
      exposedHeaders: ['link', 'x-partial', 'x-cloud-trace-context', 'traceparent', 'x-correlation-id'],
    });
  }
}

/** By address. Not what writes spans: the collector itself says when it has enough. */
async function limitRate(app: FastifyInstance, { config }: AppDeps): Promise<void> {
  await app.register(rateLimit, {
    max: config.http.rateLimit,
    timeWindow: '1 minute',
    allowList: (request) => ingestMethod.test(`${request.method} ${request.url}`),
    errorResponseBuilder: (_request, context) =>
      new ApiError('TOO_MANY_REQUESTS', `more than ${context.max} requests a minute; wait ${context.after}`),
  });
}

async function installApi(api: FastifyInstance, deps: AppDeps): Promise<void> {
  deps.instrument?.(api); // Not the files, health checks and metrics: nobody looks for their traces.
  // What one caller may read is for nobody else behind the same proxy or browser, whose cookie is not part of a key.
  api.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  await limitRate(api, deps);
  await compressAnswers(api);
  await api.register(sessionRoutes, deps);
  const { featureEngineUrl, insightGeneratorUrl } = deps.config;
  await api.register(insightsRoutes, { featureEngineUrl, insightGeneratorUrl, traced: deps.traced });
  await api.register(alertRoutes, { ...deps, prefix: '/alerts' });
  await api.register(alertRuleRoutes, { ...deps, prefix: '/alerts/rules' });
  await api.register(
    async (monitoring) => {
      for (const routes of [traceRoutes, spanRoutes, statisticsRoutes, chartRoutes, compareRoutes]) {
        await monitoring.register(routes, deps);
      }
    },
    { prefix: '/monitoring' },
  );
}
