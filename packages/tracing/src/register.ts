/**
 * `node --import @utxoiq/tracing/register app.js`: traces a program that knows nothing of it, configured by
 * the standard `OTEL_*` variables and `GCP_PROJECT_ID`. All `node:http` servers (with Express's and Fastify's
 * route names), all gRPC servers, and all outgoing requests and calls get spans. `OTEL_NODE_ENABLED_INSTRUMENTATIONS`
 * names instrumentations of OpenTelemetry to use besides: `pg,ioredis`.
 */
import { enabledInstrumentations } from './passed-in/enabled-instrumentations.ts';
import { TracingError } from './tracing-error.ts';
import { TracingService } from './tracing-service.ts';

const { instrumentations, problems } = enabledInstrumentations(process.env);

/** The service that runs in this process. */
export const tracing: TracingService = serviceOfEnvironment();

/** The program did not ask for tracing: a variable that cannot be used must not keep it from running. */
function serviceOfEnvironment(): TracingService {
  try {
    return new TracingService({ instrumentations });
  } catch (error) {
    if (!(error instanceof TracingError)) throw error;
    const message = `the program runs untraced: ${error.message}; npx utxoiq-tracing doctor looks at all variables`;
    process.emitWarning(message, { type: 'TracingWarning', code: error.code });
    return new TracingService({ enabled: false }, {});
  }
}

// Registers before it returns: what is imported next is traced.
void tracing.start();
if (tracing.settings.enabled) {
  tracing.instrumentHttp();
  tracing.instrumentGrpc();
}
if (problems.length > 0) {
  const message = `instrumentations that could not be used: ${problems.join('; ')}; are they installed where the program is?`;
  process.emitWarning(message, { type: 'TracingWarning', code: 'MISSING_PACKAGE' });
}
