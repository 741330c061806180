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

/** What the metadata server answers on each kind of machine. */
const PROJECT = { 'project/project-id': 'p' };
const REGION = { ...PROJECT, 'instance/region': 'projects/1/regions/europe-west1', 'instance/id': 'i-1' };
const MACHINE = { ...PROJECT, 'instance/zone': 'projects/1/zones/europe-west1-b', 'instance/id': '42' };
const CLUSTER = { ...MACHINE, 'instance/attributes/cluster-name': 'c1' };
const RUN = { 'cloud.platform': 'gcp_cloud_run', 'cloud.region': 'europe-west1', 'faas.instance': 'i-1' };
const FUNCTION = { ...RUN, 'cloud.platform': 'gcp_cloud_functions', 'faas.name': 'fn', 'faas.version': '7' };
const ENGINE = { 'cloud.platform': 'gcp_app_engine', 'faas.name': 'default', 'faas.version': 'v1' };
const GKE = { 'cloud.platform': 'gcp_kubernetes_engine', 'k8s.cluster.name': 'c1', 'host.id': '42' };

describe('detectResource', () => {
  it.each([
    [
      'a Cloud Run service',
      { K_SERVICE: 'web-api', K_REVISION: 'web-api-7', K_CONFIGURATION: 'web-api' },
      REGION,
      { ...RUN, 'faas.name': 'web-api', 'faas.version': 'web-api-7' },
    ],
    [
      'a Cloud Run job',
      { CLOUD_RUN_JOB: 'nightly', CLOUD_RUN_EXECUTION: 'nightly-x', CLOUD_RUN_TASK_INDEX: '3' },
      REGION,
      {
        ...RUN,
        'faas.name': 'nightly',
        'gcp.cloud_run.job.execution': 'nightly-x',
        'gcp.cloud_run.job.task_index': 3,
      },
    ],
    [
      'a Cloud Run worker pool',
      { CLOUD_RUN_WORKER_POOL: 'queue', CLOUD_RUN_WORKER_POOL_REVISION: 'queue-2' },
      REGION,
      { ...RUN, 'faas.name': 'queue', 'faas.version': 'queue-2' },
    ],
    [
      'Cloud Functions of the second generation',
      { K_SERVICE: 'fn', K_REVISION: '7', K_CONFIGURATION: 'fn', FUNCTION_TARGET: 'handle' },
      REGION,
      FUNCTION,
    ],
    [
      'Cloud Functions of the first generation, which have no configuration',
      { K_SERVICE: 'fn', K_REVISION: '7', FUNCTION_TARGET: 'handle', FUNCTION_SIGNATURE_TYPE: 'http' },
      REGION,
      FUNCTION,
    ],
    [
      'Cloud Functions by the variables of older runtimes',
      { FUNCTION_TARGET: 'handle', FUNCTION_NAME: 'fn', FUNCTION_REGION: 'us-east1' },
      PROJECT,
      { 'cloud.platform': 'gcp_cloud_functions', 'cloud.region': 'us-east1', 'faas.name': 'fn' },
    ],
    [
      'App Engine, standard environment',
      { GAE_ENV: 'standard', GAE_SERVICE: 'default', GAE_VERSION: 'v1', GAE_INSTANCE: 'g1' },
      { ...REGION, 'instance/zone': 'projects/1/zones/europe-west1-d' },
      {
        ...ENGINE,
        'faas.instance': 'g1',
        'cloud.region': 'europe-west1',
        'cloud.availability_zone': 'europe-west1-d',
      },
    ],
    [
      "App Engine, flexible environment, whose region is its zone's",
      { GAE_SERVICE: 'default', GAE_VERSION: 'v1' },
      MACHINE,
      { ...ENGINE, 'cloud.region': 'europe-west1', 'cloud.availability_zone': 'europe-west1-b' },
    ],
    [
      'GKE in a zone',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'pod-1' },
      { ...CLUSTER, 'instance/attributes/cluster-location': 'europe-west1-b' },
      { ...GKE, 'cloud.availability_zone': 'europe-west1-b', 'k8s.pod.name': 'pod-1' },
    ],
    [
      'GKE in a region, with Knative on it',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1', K_SERVICE: 'web-api', NAMESPACE: 'shop', POD_NAME: 'pod-2' },
      { ...CLUSTER, 'instance/attributes/cluster-location': 'europe-west1' },
      { ...GKE, 'cloud.region': 'europe-west1', 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'pod-2' },
    ],
    [
      'Compute Engine',
      {},
      {
        ...MACHINE,
        'instance/name': 'vm',
        'instance/hostname': 'vm.c.p.internal',
        'instance/machine-type': 'projects/1/machineTypes/e2-medium',
      },
      {
        'cloud.platform': 'gcp_compute_engine',
        'cloud.availability_zone': 'europe-west1-b',
        'cloud.region': 'europe-west1',
        'host.id': '42',
        'host.name': 'vm',
        'host.type': 'e2-medium',
        'gcp.gce.instance.name': 'vm',
        'gcp.gce.instance.hostname': 'vm.c.p.internal',
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

  it("knows the project only on a Kubernetes that is not Google's", async () => {
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', GCP_PROJECT_ID: 'p' };
    expect(await detect(env, nowhere)).toEqual({ 'gcp.project_id': 'p' });
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
