// Loads the modules before their instrumentations with `early` as its argument, after them without.
const early = process.argv[2] === 'early';
const load = () => [require('generic-pool'), require('dataloader')];
if (early) load();
const { GenericPoolInstrumentation } = require('@opentelemetry/instrumentation-generic-pool');
const { DataloaderInstrumentation } = require('@opentelemetry/instrumentation-dataloader');
const { join } = require('node:path');

async function main() {
  const { recordSpans } = await import(join(__dirname, '../../src/testing.ts'));
  const problems = [];
  const { tracing, spans } = recordSpans({
    instrumentations: [new GenericPoolInstrumentation(), new DataloaderInstrumentation()],
    onProblem: ({ code, message }) => problems.push(`${code} ${message}`),
  });
  await tracing.start();
  const [pools, DataLoader] = load();
  const pool = pools.createPool({ create: async () => ({}), destroy: async () => {} }, { max: 1 });
  const loader = new DataLoader(async (keys) => keys.map((key) => key * 2));
  await tracing.traceRequest('work')(async () => {
    await pool.release(await pool.acquire());
    await loader.load(21);
  })();
  await pool.drain();
  await pool.clear();
  console.log(JSON.stringify({ tree: spans.print(), problems }));
  await tracing.stop();
}
main();
