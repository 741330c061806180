import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { LocalKey } from './auth/local-key.ts';
import { readConfig } from './config.ts';
import { startWebApi } from './web-api.ts';

it('starts over Google Cloud Trace with no store, no receivers and nothing kept but keys', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'utxoiq-storeless-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  await using stack = new AsyncDisposableStack();
  const api = await startWebApi(
    readConfig({
      TRACE_SOURCE: 'cloud-trace',
      GCP_PROJECT_ID: 'test-project',
      CLOUD_TRACE_ENDPOINT: 'http://127.0.0.1:1',
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'silent',
    }),
  );
  stack.defer(() => api.stop());
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  expect(metrics).not.toContain('utxoiq_collector');
  expect((await fetch(`${api.url}/v1/traces`, { method: 'POST' })).status).toBe(404);
  const token = await (await LocalKey.open(dataDir)).sign({
    subject: 't',
    roles: ['viewer'],
    ttlSeconds: 60,
  });
  const session = await fetch(`${api.url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
  expect(await session.json()).toMatchObject({ available_projects: ['test-project'] });
  expect(session.headers.get('x-cloud-trace-context')).toMatch(/^[0-9a-f]{32}\//);
  expect(readdirSync(dataDir)).toEqual(['auth']);
});
