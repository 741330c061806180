import type { Attributes } from '@opentelemetry/api';
import type { GoogleCredentials } from './credentials.ts';
import { detectResource } from './detect-resource.ts';
import { metadataServer } from './metadata-server.ts';

const METADATA_TIMEOUT_MS = 400;

export interface RunningResourceOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly metadataHost: string | null;
  /** Null: to be found out. */
  readonly projectId: string | null;
  readonly credentials: GoogleCredentials;
  readonly fetch: typeof globalThis.fetch;
}

const known = new Map<string, Promise<Attributes>>();

/** Where on Google Cloud the process runs: asked once, however many services it has. Never rejects. */
export function runningResource(options: RunningResourceOptions): Promise<Attributes> {
  const key = `${options.metadataHost} ${options.projectId}`;
  let resource = known.get(key);
  if (resource === undefined) {
    resource = detect(options).catch(() => ({}));
    known.set(key, resource);
  }
  return resource;
}

async function detect(options: RunningResourceOptions): Promise<Attributes> {
  const { env, metadataHost: host, projectId, credentials, fetch } = options;
  const metadata =
    host === null ? async () => null : metadataServer({ host, timeoutMs: METADATA_TIMEOUT_MS, fetch });
  const named = projectId ?? (await metadata('project/project-id')) ?? (await credentials.projectId());
  if (named === null) return {};
  return detectResource({ ...env, GCP_PROJECT_ID: named }, metadata);
}
