import type { Attributes } from '@opentelemetry/api';
import type { Environment } from '../config/environment.ts';
import type { Settings } from '../config/settings.ts';
import type { GoogleCredentials } from './credentials.ts';
import { detectResource } from './detect-resource.ts';
import type { GoogleSettings } from './google-settings.ts';
import { type Metadata, metadataServer } from './metadata-server.ts';

/** Questions to each metadata server are asked once, however many services the process has. */
const servers = new Map<string, Metadata>();

/** The resource with what Google Cloud knows of it; what was configured wins. Never rejects. */
export async function runningResource(
  settings: Settings,
  credentials: GoogleCredentials,
  env: Environment,
): Promise<Attributes> {
  const { 'gcp.project_id': named, ...configured } = settings.resourceAttributes;
  const isNamed = settings.projectIsKnown || named !== settings.projectId;
  const metadata = serverOf(settings.google);
  const projectId = isNamed
    ? String(named)
    : ((await metadata('project/project-id')) ?? (await credentials.projectId()));
  // Without a project Google refuses the spans and says so: better than a project that only stood in.
  if (projectId === null) return configured;
  const detected = await detectResource({ ...env, GCP_PROJECT_ID: projectId }, metadata);
  return { ...detected, ...configured, 'gcp.project_id': projectId };
}

function serverOf(google: GoogleSettings | null): Metadata {
  const host = google?.metadataHost ?? null;
  if (google === null || host === null) return async () => null;
  const known = servers.get(host) ?? remembering(host, google.metadataTimeoutMs);
  servers.set(host, known);
  return known;
}

function remembering(host: string, timeoutMs: number): Metadata {
  const ask = metadataServer({ host, timeoutMs, fetch: globalThis.fetch });
  const answers = new Map<string, Promise<string | null>>();
  return (path) => {
    const answer = answers.get(path) ?? ask(path);
    answers.set(path, answer);
    return answer;
  };
}
