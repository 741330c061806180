import { TracingService } from '@utxoiq/tracing';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { closeInTime } from './close-in-time.ts';
import { createLogger } from './logger.ts';
import { ConfigError, type Environment, OptionReader } from './options.ts';

/** A service behind the API, as its program tells it. */
export interface Service {
  readonly name: string;
  /** The option that names its port, and the port where it is not set. */
  readonly port: readonly [option: string, fallback: number];
  /** Its routes: every request is traced. */
  readonly routes: Routes;
}

export type Routes = (app: FastifyInstance, tracing: TracingService) => void;

/**
 * Runs a service until SIGTERM or SIGINT, then answers what is under way and sends the last spans. What keeps it
 * from starting is said in one line on stderr, and the program ends with 1.
 */
export async function runService(service: Service, environment: Environment = process.env): Promise<void> {
  try {
    await start(service, environment);
  } catch (error) {
    const known = error instanceof ConfigError || (error instanceof Error && 'code' in error);
    console.error(known ? (error as Error).message : error);
    process.exit(1);
  }
}

async function start({ name, port, routes }: Service, environment: Environment): Promise<void> {
  const options = new OptionReader(environment);
  const address = { host: options.text('SERVICE_HOST') ?? '127.0.0.1', port: options.port(...port) };
  const level = options.logLevel();
  const projectId = options.text('GCP_PROJECT_ID') ?? 'utxoiq-local';
  const tracing = new TracingService({ projectId, serviceName: name });
  const logger = createLogger({ level, service: name, traceFields: () => tracing.logFields() });
  await tracing.start();
  const app = serviceApp({ logger, tracing, routes });
  app.addHook('onClose', () => tracing.stop()); // After the last answer: what ends later is not sent.
  await app.listen({ ...address, listenTextResolver: (url) => `${name} listens on ${url}` });

  const stop = (): void => {
    closeInTime(app).catch((err: unknown) => logger.error({ err }, `${name} did not stop cleanly`));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** The service's HTTP surface: its routes, traced, and health checks, which nobody looks for among the traces. */
export function serviceApp(parts: {
  readonly logger: FastifyBaseLogger;
  readonly tracing: TracingService;
  readonly routes: Routes;
}): FastifyInstance {
  const { logger, tracing, routes } = parts;
  const app: FastifyInstance = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
  });
  app.register(async (traced) => {
    tracing.instrumentFastify(traced);
    routes(traced, tracing);
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => ({ status: 'ready' }));
  return app;
}
