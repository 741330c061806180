// Makes a span for a collector that is away, then ends as it is told: `node crashing.ts WAY [DIRECTORY]`.
import { TracingService } from '../../src/index.ts';

const [way = '', spillDir] = process.argv.slice(2);
const tracing = new TracingService({
  endpoint: process.env.COLLECTOR ?? 'http://127.0.0.1:1',
  onProblem() {},
  ...(spillDir !== undefined && { spillDir }),
});
await tracing.start();
if (way === 'handled') {
  process.on('uncaughtException', (error) => {
    console.error(`the program's own: ${error.message}`);
    void tracing.stop().then(() => process.exit(7));
  });
}
const fail = tracing.traceRequest('fatal')(() => {
  throw new Error('nobody catches this');
});
const ways: Record<string, () => void> = {
  uncaught: () => setImmediate(fail),
  handled: () => setImmediate(fail),
  rejection: () => void tracing.traceRequest('fatal')(async () => fail())(),
  exit() {
    tracing.traceRequest('fatal')(() => {})();
    process.exit(3);
  },
};
ways[way]?.();
