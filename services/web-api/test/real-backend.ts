import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { Collector } from '@utxoiq/collector';
import { createLogger } from '@utxoiq/service-runner';
import { TraceStore } from '@utxoiq/store';
import { AlertKeeper } from '../src/alerts/alert-keeper.ts';
import { CloudTraceAccess } from '../src/cloud-trace/access.ts';
import { cloudTraceRoutes } from '../src/cloud-trace/cloud-trace-routes.ts';
import { CloudTraceService } from '../src/cloud-trace/cloud-trace-service.ts';
import { mcpRoutes } from '../src/cloud-trace/mcp-routes.ts';
import { storeSource } from '../src/source/store-source.ts';
import { startTestApp, type TestApp } from './test-app.ts';

export interface RealBackend extends TestApp {
  readonly collector: Collector;
  /** It evaluates when it is told to, by the clock that the test gave. */
  readonly alerts: AlertKeeper;
  /** Where it listens. */
  readonly url: string;
}

/** The app over the embedded engine, the real store and the real collector, listening. */
export async function startRealBackend({ now = Date.now } = {}): Promise<RealBackend> {
  const engine = await startTemporaryEngine();
  const store = await TraceStore.open({ url: engine.url });
  const dataDir = mkdtempSync(join(tmpdir(), 'utxoiq-collector-'));
  const collector = await Collector.start({ store, dataDir, projectId: 'utxoiq-local', host: '127.0.0.1' });
  const alerts = await AlertKeeper.open({
    config: { isOn: true, intervalMs: 60_000, delayMs: 30_000, targets: [] },
    dataDir,
    ask: (query) => store.minutes(query),
    logger: createLogger({ level: 'silent', service: 'web-api', traceFields: () => ({}) }),
    baseUrl: () => '',
    now,
  });
  const access = new CloudTraceAccess({
    verifier: { verify: (token) => test.auth.verifier.verify(token) },
    ingestOpen: false,
  });
  const cloudTrace = new CloudTraceService({
    reader: store,
    ingest: async () => ({ status: 'accepted' }),
    access,
    profile: 'backend',
    strictHttpNames: false,
    quota: null,
  });
  const test: TestApp = await startTestApp(storeSource(store), {
    deps: {
      alerts,
      ingest: (request, response) => collector.handleHttp(request, response),
      plugins: [
        (app) => cloudTraceRoutes(app, { service: cloudTrace }),
        (app) => mcpRoutes(app, { service: cloudTrace, access }),
      ],
    },
  });
  const url = await test.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...test,
    collector,
    alerts,
    url,
    [Symbol.asyncDispose]: async () => {
      await test[Symbol.asyncDispose]();
      await alerts.stop();
      await collector.stop();
      await store.close();
      await engine.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
