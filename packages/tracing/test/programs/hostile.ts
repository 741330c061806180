// Everything that the host may hand in throws, in every way there is; the program only does its work. Says `done` when
// all of it went as without tracing. Whatever reaches the program ends it: `node --unhandled-rejections=strict`.
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { TracingService } from '../../src/index.ts';

const boom = (): never => {
  throw new Error('boom');
};
const rejected = async (): Promise<never> => boom();
const nothing = (): never => undefined as never;
const transport = (send: () => Promise<never>, close: () => void = boom) => ({
  endpoint: 'hostile:',
  send,
  close,
});
type Options = ConstructorParameters<typeof TracingService>[0];

const HOSTILE: Record<string, Options> = {
  'an exporter that throws': { transport: transport(boom) },
  'an exporter that rejects': { transport: transport(rejected) },
  'an exporter that answers nothing': { transport: transport(nothing) },
  'an exporter that never answers': { transport: transport(() => new Promise(() => {})) },
  'headers that throw': { headers: boom },
  'headers that reject': { headers: rejected },
  'a logger that throws': { transport: transport(rejected), onProblem: boom },
  'a logger that rejects': { transport: transport(rejected), onProblem: rejected },
  'a sampler that throws': { sampler: { shouldSample: boom } },
  'a sampler that decides nothing': { sampler: { shouldSample: nothing } },
  'an instrumentation that throws': { instrumentations: [{ setTracerProvider: boom, enable: boom }] },
  'credentials that throw': { google: { auth: { getRequestHeaders: boom, getProjectId: boom } } },
  'credentials that reject': {
    google: { auth: { getRequestHeaders: rejected, getProjectId: rejected, getUniverseDomain: rejected } },
  },
  'outcome sampling by a random source that throws': { outcomeSampling: { random: boom } },
  'a sink that throws': { sink: { add: boom } },
};

async function workUnder(options: Options): Promise<void> {
  const quiet = { onProblem() {}, endpoint: 'http://127.0.0.1:1', flushOnExit: false };
  const tracing = new TracingService({ ...quiet, stopTimeoutMs: 50, flushIntervalMs: 1, ...options }, ENV);
  await tracing.start();
  const stop = tracing.instrumentHttp({ ignore: boom });
  const app = fastify({ trustProxy: boom });
  tracing.instrumentFastify(app);
  app.get('/x', async () => tracing.traceRequest('work')(async () => 'worked')());
  app.get('/broken', rejected);
  await app.ready();
  const server = http.createServer((request, response) => void app.routing(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const get = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
  assert.equal(await (await get('/x')).text(), 'worked');
  assert.equal((await get('/broken')).status, 500);
  await assert.rejects(tracing.traceRequest('failing')(rejected)(), /boom/);
  server.closeAllConnections();
  server.close();
  await app.close();
  stop();
  await tracing.stop();
}

const ENV = { METADATA_SERVER_DETECTION: 'none' };
for (const [name, options] of Object.entries(HOSTILE)) {
  try {
    await workUnder(options);
  } catch (error) {
    throw new Error(name, { cause: error });
  }
}
console.log('done');
