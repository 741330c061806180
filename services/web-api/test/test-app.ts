import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@utxoiq/service-runner';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { type AppDeps, buildApp } from '../src/app.ts';
import { type AuthService, openAuth } from '../src/auth/auth-service.ts';
import type { TokenRequest } from '../src/auth/local-key.ts';
import { type Config, readConfig } from '../src/config.ts';
import { Metrics } from '../src/observe/metrics.ts';
import type { TraceSource } from '../src/source/trace-source.ts';

export interface TestApp extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly auth: AuthService;
  readonly config: Config;
  readonly dataDir: string;
  /** A token of the local key; a viewer of all projects unless told otherwise. */
  token(request?: Partial<TokenRequest>): Promise<string>;
}

/** The real app over a source, with a key of its own in a temporary directory. */
export async function startTestApp(
  source: TraceSource,
  options: { environment?: Record<string, string>; deps?: Partial<AppDeps> } = {},
): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'utxoiq-web-api-'));
  const config = readConfig({
    CLICKHOUSE_URL: 'http://127.0.0.1:1',
    DATA_DIR: dataDir,
    VIEWER_DIR: join(dataDir, 'viewer'),
    ...options.environment,
  });
  const auth = await openAuth(config);
  const app = await buildApp({
    config,
    auth,
    source,
    logger: createLogger({ level: 'silent', service: 'web-api', traceFields: () => ({}) }),
    metrics: new Metrics({
      pingEngine: () => source.ping(),
    }),
    isStopping: () => false,
    traced: (_name, work) => work,
    ...options.deps,
  });
  await app.ready();
  return {
    app,
    auth,
    config,
    dataDir,
    token: (request = {}) => {
      if (auth.localKey === null) throw new Error('no local key with an issuer');
      return auth.localKey.sign({ subject: 'tester', roles: ['viewer'], ttlSeconds: 3600, ...request });
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The same, closed when the test that calls it ends. */
export async function appForThisTest(...args: Parameters<typeof startTestApp>): Promise<TestApp> {
  const test = await startTestApp(...args);
  onTestFinished(() => test[Symbol.asyncDispose]());
  return test;
}
