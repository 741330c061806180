import type { Attributes } from '@opentelemetry/api';
import { type Environment, text } from '../config/environment.ts';
import type { Metadata } from './metadata-server.ts';

/**
 * Where on Google Cloud this runs, by semantic conventions ("cloud", "faas", "host", "k8s", "gcp.cloud_run", "gcp.gce"),
 * in the order and from the places of Google's own detectors (opentelemetry-operations-go, detectors/gcp).
 */
export async function detectResource(env: Environment, metadata: Metadata): Promise<Attributes> {
  const projectId =
    text(env, 'GCP_PROJECT_ID') ??
    text(env, 'GOOGLE_CLOUD_PROJECT') ??
    (await metadata('project/project-id'));
  if (projectId === null) return {};
  const platform = await platformAttributes(env, metadata);
  return present({
    'gcp.project_id': projectId,
    ...(platform !== null && { 'cloud.provider': 'gcp', 'cloud.account.id': projectId, ...platform }),
  });
}

type Detected = Record<string, string | number | null | undefined>;

async function platformAttributes(env: Environment, metadata: Metadata): Promise<Detected | null> {
  const has = (name: string) => text(env, name) !== undefined;
  // First: what runs on Knative there has the variables of Cloud Run as well.
  if (has('KUBERNETES_SERVICE_HOST')) return kubernetesEngine(env, metadata);
  if (has('FUNCTION_TARGET')) return cloudRun('gcp_cloud_functions', env, metadata);
  if (has('K_SERVICE')) return cloudRun('gcp_cloud_run', env, metadata);
  if (has('CLOUD_RUN_JOB')) return cloudRunJob(env, metadata);
  if (has('CLOUD_RUN_WORKER_POOL')) return cloudRunWorkerPool(env, metadata);
  if (has('GAE_SERVICE')) return appEngine(env, metadata);
  const zone = await metadata('instance/zone');
  return zone === null ? null : computeEngine(metadata, zone);
}

/** Both generations of Cloud Functions have Cloud Run's variables, and `FUNCTION_TARGET`. */
async function cloudRun(platform: string, env: Environment, metadata: Metadata): Promise<Detected> {
  return {
    'cloud.platform': platform,
    'cloud.region': last(await metadata('instance/region')) ?? text(env, 'FUNCTION_REGION'),
    'faas.name': text(env, 'K_SERVICE') ?? text(env, 'FUNCTION_NAME'),
    'faas.version': text(env, 'K_REVISION'),
    'faas.instance': await metadata('instance/id'),
  };
}

async function cloudRunJob(env: Environment, metadata: Metadata): Promise<Detected> {
  return {
    'cloud.platform': 'gcp_cloud_run',
    'cloud.region': last(await metadata('instance/region')),
    'faas.name': text(env, 'CLOUD_RUN_JOB'),
    'faas.instance': await metadata('instance/id'),
    'gcp.cloud_run.job.execution': text(env, 'CLOUD_RUN_EXECUTION'),
    'gcp.cloud_run.job.task_index': Number(text(env, 'CLOUD_RUN_TASK_INDEX') ?? 0),
  };
}

async function cloudRunWorkerPool(env: Environment, metadata: Metadata): Promise<Detected> {
  return {
    'cloud.platform': 'gcp_cloud_run',
    'cloud.region': last(await metadata('instance/region')),
    'faas.name': text(env, 'CLOUD_RUN_WORKER_POOL'),
    'faas.version': text(env, 'CLOUD_RUN_WORKER_POOL_REVISION') ?? text(env, 'CLOUD_RUN_REVISION'),
    'faas.instance': await metadata('instance/id'),
  };
}

/** Its flexible environment is Compute Engine, which knows its region by the zone only. */
async function appEngine(env: Environment, metadata: Metadata): Promise<Detected> {
  const zone = last(await metadata('instance/zone'));
  return {
    'cloud.platform': 'gcp_app_engine',
    'cloud.region': last(await metadata('instance/region')) ?? regionOf(zone),
    'cloud.availability_zone': zone,
    'faas.name': text(env, 'GAE_SERVICE'),
    'faas.version': text(env, 'GAE_VERSION'),
    'faas.instance': text(env, 'GAE_INSTANCE'),
  };
}

/** Null on a Kubernetes of somebody else's. */
async function kubernetesEngine(env: Environment, metadata: Metadata): Promise<Detected | null> {
  const cluster = await metadata('instance/attributes/cluster-name');
  if (cluster === null) return null;
  const location = await metadata('instance/attributes/cluster-location');
  const isZone = location !== null && location.split('-').length === 3;
  return {
    'cloud.platform': 'gcp_kubernetes_engine',
    [isZone ? 'cloud.availability_zone' : 'cloud.region']: location,
    'k8s.cluster.name': cluster,
    'k8s.namespace.name': text(env, 'NAMESPACE') ?? text(env, 'POD_NAMESPACE'),
    'k8s.pod.name': text(env, 'POD_NAME') ?? text(env, 'HOSTNAME'),
    'host.id': await metadata('instance/id'),
  };
}

async function computeEngine(metadata: Metadata, zone: string): Promise<Detected> {
  const name = await metadata('instance/name');
  return {
    'cloud.platform': 'gcp_compute_engine',
    'cloud.availability_zone': last(zone),
    'cloud.region': regionOf(last(zone)),
    'host.id': await metadata('instance/id'),
    'host.name': name,
    'host.type': last(await metadata('instance/machine-type')),
    'gcp.gce.instance.name': name,
    'gcp.gce.instance.hostname': await metadata('instance/hostname'),
  };
}

/** `europe-west1-b` is in `europe-west1`. */
function regionOf(zone: string | null): string | undefined {
  return zone?.split('-').slice(0, 2).join('-');
}

/** `projects/123/zones/europe-west1-b` ends in what is wanted. */
function last(path: string | null): string | null {
  return path?.split('/').at(-1) ?? null;
}

function present(detected: Detected): Attributes {
  return Object.fromEntries(
    Object.entries(detected).filter(
      (entry): entry is [string, string | number] =>
        entry[1] !== null && entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
