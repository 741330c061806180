import { TracingService } from '@utxoiq/tracing';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { createLogger } from './logger.ts';

const service = 'feature-engine';
const config = readConfig();
const tracing = new TracingService({ projectId: config.projectId, serviceName: service });
await tracing.start();
const logger = createLogger(service, config.logLevel, tracing);
const app = buildApp({ logger, tracing });
await app.listen({ host: config.host, port: config.port });
logger.info(`${service} listens on ${config.host}:${config.port}`);

let stopping: Promise<void> | undefined;
const stop = (): Promise<void> => {
  stopping ??= app.close().then(() => tracing.stop());
  return stopping;
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
