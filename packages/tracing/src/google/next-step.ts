/** What to do about a refusal of the Telemetry API; `reason` begins with `HTTP 403` or gRPC's code. */
export const NO_CREDENTIALS =
  'run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file; on Google Cloud, give the service an account. Spans wait meanwhile';

export const isUnauthenticated = (reason: string): boolean => /^(?:HTTP 401|UNAUTHENTICATED)\b/.test(reason);

const DISABLED = /SERVICE_DISABLED|has not been used in project|is disabled/;
const FORBIDDEN = /^(?:HTTP 403|PERMISSION_DENIED)\b/;
const BAD_REQUEST = /^(?:HTTP 400|INVALID_ARGUMENT)\b/;

/** Null where the refusal says all there is. */
export function nextStepOf(reason: string, projectId: string): string | null {
  if (isUnauthenticated(reason)) return NO_CREDENTIALS;
  if (DISABLED.test(reason)) {
    return `run \`gcloud services enable telemetry.googleapis.com --project ${projectId}\`, then wait a few minutes`;
  }
  if (FORBIDDEN.test(reason) && /quota|serviceusage|user.project/i.test(reason)) {
    return 'the account may not use the quota project: set GOOGLE_CLOUD_QUOTA_PROJECT to one where it has roles/serviceusage.serviceUsageConsumer';
  }
  if (FORBIDDEN.test(reason)) {
    return `grant it: \`gcloud projects add-iam-policy-binding ${projectId} --member=MEMBER --role=roles/telemetry.tracesWriter\``;
  }
  if (BAD_REQUEST.test(reason) && /project/i.test(reason)) {
    return `is ${projectId} your project? Set GCP_PROJECT_ID; x-goog-user-project is not to be set by hand as well`;
  }
  return null;
}
