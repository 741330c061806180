import { generateKeyPairSync } from 'node:crypto';
import { GoogleAuth as GoogleAuth9 } from 'google-auth-v9';
import { GoogleAuth as GoogleAuth11 } from 'google-auth-v11';
import { describe, expect, it } from 'vitest';
import { detectResource } from '../src/google/detect-resource.ts';
import { authHeaders } from '../src/google/google-auth.ts';
import { metadataServer } from '../src/google/metadata-server.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** With a universe of its own the library signs its token itself: no network. */
const credentials = {
  type: 'service_account',
  client_email: 'test@test.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  universe_domain: 'trace.local',
};
const SCOPES = ['https://www.googleapis.com/auth/trace.append'];
const nowhere = () => Promise.reject(new Error('no metadata server'));

function metadataOf(values: Record<string, string>): typeof globalThis.fetch {
  return async (input) => {
    const path = String(input).split('/computeMetadata/v1/')[1] ?? '';
    return new Response(values[path] ?? '', {
      status: path in values ? 200 : 404,
      headers: { 'metadata-flavor': 'Google' },
    });
  };
}
const detect = (env: Record<string, string>, fetch: typeof globalThis.fetch) =>
  detectResource(env, metadataServer({ host: 'metadata', timeoutMs: 400, fetch }));

describe('authHeaders', () => {
  it.each([
    ['9, whose headers are a plain object', () => new GoogleAuth9({ credentials, scopes: SCOPES })],
    ['11, whose headers are a Headers', () => new GoogleAuth11({ credentials, scopes: SCOPES })],
  ])('makes a plain object of google-auth-library %s', async (_name, makeAuth) => {
    const headers = await authHeaders(makeAuth(), 'https://telemetry.trace.local');
    expect(headers.authorization).toMatch(/^Bearer ey/);
  });
});

describe('detectResource', () => {
  it.each([
    [
      'Cloud Run',
      { K_SERVICE: 'web-api', K_REVISION: 'web-api-7' },
      {
        'project/project-id': 'p',
        'instance/region': 'projects/1/regions/europe-west1',
        'instance/id': 'i-1',
      },
      {
        'cloud.platform': 'gcp_cloud_run',
        'cloud.region': 'europe-west1',
        'faas.name': 'web-api',
        'faas.version': 'web-api-7',
        'faas.instance': 'i-1',
      },
    ],
    [
      'Cloud Run jobs',
      { CLOUD_RUN_JOB: 'nightly', CLOUD_RUN_EXECUTION: 'nightly-x', CLOUD_RUN_TASK_INDEX: '3' },
      { 'project/project-id': 'p', 'instance/region': 'projects/1/regions/us-east1', 'instance/id': 'i' },
      {
        'cloud.platform': 'gcp_cloud_run',
        'cloud.region': 'us-east1',
        'faas.name': 'nightly',
        'faas.instance': 'i',
        'gcp.cloud_run.job.execution': 'nightly-x',
        'gcp.cloud_run.job.task_index': 3,
      },
    ],
    [
      'Cloud Functions',
      { K_SERVICE: 'fn', FUNCTION_TARGET: 'handle' },
      { 'project/project-id': 'p', 'instance/region': 'projects/1/regions/us-east1' },
      { 'cloud.platform': 'gcp_cloud_functions', 'cloud.region': 'us-east1', 'faas.name': 'fn' },
    ],
    [
      'App Engine',
      { GAE_SERVICE: 'default', GAE_VERSION: 'v1' },
      { 'project/project-id': 'p' },
      { 'cloud.platform': 'gcp_app_engine', 'faas.name': 'default', 'faas.version': 'v1' },
    ],
    [
      'GKE',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'pod-1' },
      {
        'project/project-id': 'p',
        'instance/zone': 'projects/1/zones/europe-west1-b',
        'instance/attributes/cluster-name': 'c1',
        'instance/attributes/cluster-location': 'europe-west1-b',
      },
      {
        'cloud.platform': 'gcp_kubernetes_engine',
        'cloud.availability_zone': 'europe-west1-b',
        'k8s.cluster.name': 'c1',
        'k8s.pod.name': 'pod-1',
      },
    ],
    [
      'Compute Engine',
      {},
      { 'project/project-id': 'p', 'instance/zone': 'projects/1/zones/europe-west1-b', 'instance/id': '42' },
      {
        'cloud.platform': 'gcp_compute_engine',
        'cloud.availability_zone': 'europe-west1-b',
        'cloud.region': 'europe-west1',
        'host.id': '42',
      },
    ],
  ])('knows %s', async (_name, env, metadata, expected) => {
    expect(await detect(env as never, metadataOf(metadata as never))).toEqual({
      'gcp.project_id': 'p',
      'cloud.provider': 'gcp',
      'cloud.account.id': 'p',
      ...expected,
    });
  });

  it('detects nothing elsewhere, and does not wait for it', async () => {
    let asked = 0;
    const fetch = () => {
      asked++;
      return nowhere();
    };
    expect(await detect({}, fetch)).toEqual({});
    expect(asked).toBe(1);
  });
});
