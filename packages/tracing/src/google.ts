import type { Environment } from './config/environment.ts';
import type { TracingOptions } from './config/options.ts';
import { detectResource } from './google/detect-resource.ts';
import { metadataServer } from './google/metadata-server.ts';
import { authHeaders, type GoogleAuthLike, loadGoogleAuth } from './google/request-headers.ts';

export type { GoogleAuthLike } from './google/request-headers.ts';

const ENDPOINT = 'https://telemetry.googleapis.com';
const METADATA_TIMEOUT_MS = 400;

export interface GoogleCloudOptions {
  /** `GCP_PROJECT_ID`, `GOOGLE_CLOUD_PROJECT`, else the metadata server's. */
  readonly projectId?: string;
  /** A `GoogleAuth` of your own; by default google-auth-library's with Application Default Credentials. */
  readonly auth?: GoogleAuthLike;
  /** Another endpoint than `https://telemetry.googleapis.com`. */
  readonly endpoint?: string;
  readonly env?: Environment;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Options that send spans to Google's Telemetry API over OTLP, with fresh tokens and the resource of Cloud Run,
 * GKE, Compute Engine, Cloud Functions or App Engine:
 * `new TracingService({ serviceName: 'web-api', ...(await googleCloud()) })`.
 */
export async function googleCloud(options: GoogleCloudOptions = {}): Promise<TracingOptions> {
  const { env = process.env, fetch = globalThis.fetch, endpoint = ENDPOINT } = options;
  const metadata = metadataServer({ host: env.GCE_METADATA_HOST, timeoutMs: METADATA_TIMEOUT_MS, fetch });
  const detected = await detectResource(
    options.projectId === undefined ? env : { ...env, GCP_PROJECT_ID: options.projectId },
    metadata,
  );
  const auth = options.auth ?? (await loadGoogleAuth());
  const projectId = detected['gcp.project_id'];
  return {
    endpoint,
    headers: () => authHeaders(auth, endpoint),
    resourceAttributes: detected,
    ...(typeof projectId === 'string' && { projectId }),
  };
}
