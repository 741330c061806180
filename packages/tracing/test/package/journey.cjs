// What a user does with the installed package; both module systems run it with what they imported.
const assert = require('node:assert/strict');

exports.journey = async ({ TracingService, recordSpans, CloudTraceClient, fastify }) => {
  await serve(TracingService, fastify);
  await record(recordSpans);
  await readFromGoogle(CloudTraceClient);
};

async function serve(TracingService, fastify) {
  const tracing = new TracingService({ serviceName: 'journey' });
  await tracing.start();
  const app = fastify();
  tracing.instrumentFastify(app);
  const load = tracing.traceRequest('load')(async (id) => {
    tracing.addSpanAttributes({ 'insight.id': id });
    return { id };
  });
  app.get('/insights/:id', (request) => load(request.params.id));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const response = await fetch(`${url}/insights/7`);
  assert.deepEqual(await response.json(), { id: '7' });
  assert.match(response.headers.get('x-cloud-trace-context'), /^[0-9a-f]{32}\/\d+;o=1$/);
  assert.match(response.headers.get('x-correlation-id'), /^[0-9a-f]{32}$/);
  await app.close();
  await tracing.stop();
  assert.equal(tracing.metrics().spansExported, 3);
}

async function record(recordSpans) {
  const { tracing, spans } = recordSpans();
  await tracing.start();
  tracing.traceRequest('recorded')(() => {})();
  await spans.waitFor('recorded');
  await tracing.stop();
}

async function readFromGoogle(CloudTraceClient) {
  const traceId = 'a'.repeat(32);
  const time = '2026-11-22T10:00:00Z';
  const span = { spanId: '1', name: 'read', startTime: time, endTime: time };
  const client = new CloudTraceClient({
    projectId: 'p',
    auth: { getRequestHeaders: async () => ({ authorization: 'Bearer t' }) },
    fetch: async () => Response.json({ projectId: 'p', traceId, spans: [span] }),
  });
  const [read] = await client.getTrace(traceId);
  assert.equal(read.name, 'read');
}
