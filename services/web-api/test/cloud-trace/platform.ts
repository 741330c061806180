import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { freePorts } from '../../../../scripts/platform/free-ports.ts';
import { LocalKey } from '../../src/auth/local-key.ts';
import { readConfig } from '../../src/config.ts';
import { startWebApi } from '../../src/web-api.ts';

/** The whole API in a temporary directory, on free ports; on a real engine, unless it reads from elsewhere. */
export async function startPlatform(environment: Readonly<Record<string, string>> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'cloud-trace-'));
  const engine = environment.TRACE_SOURCE === 'cloud-trace' ? null : await startTemporaryEngine();
  const [port, otlpHttpPort, grpcPort] = await freePorts('127.0.0.1', 3);
  // The API traces itself: into this platform, not into one that happens to run here.
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${otlpHttpPort}`;
  const api = await startWebApi(
    readConfig({
      ...(engine === null ? {} : { CLICKHOUSE_URL: engine.url }),
      DATA_DIR: dataDir,
      PORT: String(port),
      OTLP_HTTP_PORT: String(otlpHttpPort),
      GRPC_PORT: String(grpcPort),
      GCP_PROJECT_ID: 'test-project',
      LOG_LEVEL: 'silent',
      ...environment,
    }),
  );
  const key = await LocalKey.open(dataDir);
  const token = (role: 'viewer' | 'writer' | 'admin') =>
    key.sign({ subject: 'test', roles: [role], ttlSeconds: 600 });
  const stop = async () => {
    await api.stop();
    await engine?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return {
    url: api.url,
    dataDir,
    port: Number(port),
    otlpHttpPort: Number(otlpHttpPort),
    grpcPort: Number(grpcPort),
    viewer: await token('viewer'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
