// Loaded before the program (`--import`): passes instrumentations of OpenTelemetry in.
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { TracingService } from '../../src/index.ts';

await new TracingService({
  instrumentations: [new PgInstrumentation(), new IORedisInstrumentation()],
}).start();
