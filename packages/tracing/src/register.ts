/**
 * `node --import @utxoiq/tracing/register app.js`: traces a program that knows nothing of it, configured by
 * the standard `OTEL_*` variables and `GCP_PROJECT_ID`. All `node:http` servers (with Express's and Fastify's
 * route names where they can be read), all gRPC servers, and all outgoing requests and calls get spans.
 */
import { TracingService } from './tracing-service.ts';

/** The service that runs in this process. */
export const tracing: TracingService = new TracingService();

// Registers before it returns: what is imported next is traced.
void tracing.start();
if (tracing.settings.enabled) {
  tracing.instrumentHttp();
  tracing.instrumentGrpc();
}
