import type { Attributes } from '@opentelemetry/api';
import { type Environment, text } from '../config/environment.ts';
import type { Metadata } from './metadata-server.ts';

/** Where on Google Cloud this runs, by semantic conventions ("cloud", "faas", "host", "k8s"). */
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
  if (text(env, 'GAE_SERVICE') !== undefined) return appEngine(env, metadata);
  if (text(env, 'K_SERVICE') !== undefined) return cloudRun(env, metadata);
  if (text(env, 'CLOUD_RUN_JOB') !== undefined) return cloudRunJob(env, metadata);
  const zone = await metadata('instance/zone');
  if (zone === null) return null;
  return text(env, 'KUBERNETES_SERVICE_HOST') === undefined
    ? computeEngine(metadata, zone)
    : kubernetesEngine(env, metadata);
}

async function appEngine(env: Environment, metadata: Metadata): Promise<Detected> {
  return {
    'cloud.platform': 'gcp_app_engine',
    'cloud.region': last(await metadata('instance/region')),
    'cloud.availability_zone': last(await metadata('instance/zone')),
    'faas.name': text(env, 'GAE_SERVICE'),
    'faas.version': text(env, 'GAE_VERSION'),
    'faas.instance': text(env, 'GAE_INSTANCE'),
  };
}

/** Cloud Functions of the second generation run on Cloud Run and add `FUNCTION_TARGET`. */
async function cloudRun(env: Environment, metadata: Metadata): Promise<Detected> {
  const isFunction = text(env, 'FUNCTION_TARGET') !== undefined;
  return {
    'cloud.platform': isFunction ? 'gcp_cloud_functions' : 'gcp_cloud_run',
    'cloud.region': last(await metadata('instance/region')),
    'faas.name': text(env, 'K_SERVICE'),
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

async function kubernetesEngine(env: Environment, metadata: Metadata): Promise<Detected> {
  const location = await metadata('instance/attributes/cluster-location');
  const isZone = location !== null && location.split('-').length === 3;
  return {
    'cloud.platform': 'gcp_kubernetes_engine',
    [isZone ? 'cloud.availability_zone' : 'cloud.region']: location,
    'k8s.cluster.name': await metadata('instance/attributes/cluster-name'),
    'k8s.namespace.name': text(env, 'NAMESPACE') ?? text(env, 'POD_NAMESPACE'),
    'k8s.pod.name': text(env, 'POD_NAME') ?? text(env, 'HOSTNAME'),
    'host.id': await metadata('instance/id'),
  };
}

async function computeEngine(metadata: Metadata, zone: string): Promise<Detected> {
  const availabilityZone = last(zone);
  return {
    'cloud.platform': 'gcp_compute_engine',
    'cloud.availability_zone': availabilityZone,
    'cloud.region': availabilityZone?.split('-').slice(0, 2).join('-'),
    'host.id': await metadata('instance/id'),
    'host.name': await metadata('instance/name'),
    'host.type': last(await metadata('instance/machine-type')),
  };
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
