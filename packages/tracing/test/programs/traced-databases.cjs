// Loaded before the program (`--require`): passes instrumentations of OpenTelemetry in.
const { IORedisInstrumentation } = require('@opentelemetry/instrumentation-ioredis');
const { PgInstrumentation } = require('@opentelemetry/instrumentation-pg');
const { TracingService } = require('../../src/index.ts');

void new TracingService({
  instrumentations: [new PgInstrumentation(), new IORedisInstrumentation()],
}).start();
