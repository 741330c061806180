import { TracingError, type TracingErrorCode } from '../tracing-error.ts';

/** What Google said when it refused (google.aip.dev/193). */
export interface GoogleRefusal {
  readonly http: number;
  /** `PERMISSION_DENIED` and the like; empty where the body was none of Google's. */
  readonly status: string;
  readonly message: string;
  readonly reason: string;
  readonly retryAfterMs: number | null;
}

export async function readRefusal(response: Response): Promise<GoogleRefusal> {
  const text = await response.text().catch(() => '');
  const error = errorOf(text);
  const details = Array.isArray(error.details) ? error.details.filter(isObject) : [];
  return {
    http: response.status,
    status: typeof error.status === 'string' ? error.status : '',
    message: typeof error.message === 'string' ? error.message : text.slice(0, 200),
    reason: details.map(({ reason }) => reason).find((reason) => typeof reason === 'string') ?? '',
    retryAfterMs: retryAfter(response, details),
  };
}

function errorOf(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && isObject(json.error) ? json.error : {};
  } catch {
    return {}; // a proxy's page: the status is all there is
  }
}

function retryAfter(response: Response, details: readonly Record<string, unknown>[]): number | null {
  const header = response.headers.get('retry-after');
  if (header !== null && /^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const delay = details.map(({ retryDelay }) => retryDelay).find((value) => typeof value === 'string');
  const seconds = /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(delay ?? '')?.[1];
  return seconds === undefined ? null : Math.ceil(Number(seconds) * 1000);
}

/** Worth asking again: quota, and what AIP-194 and HTTP call temporary. */
export const isTemporary = ({ http }: GoogleRefusal): boolean =>
  http === 429 || (http >= 500 && http !== 501);

/** The refusal as an error of ours, with what to do about it. */
export function refusalError(refusal: GoogleRefusal, projectId: string): TracingError {
  const [code, next] = meaning(refusal, projectId);
  const said = `Google answered ${refusal.http} ${refusal.status}: ${refusal.message}`.trim();
  return new TracingError(code, next === '' ? said : `${said}; ${next}`);
}

function meaning(refusal: GoogleRefusal, projectId: string): [code: TracingErrorCode, next: string] {
  const { http, message, reason } = refusal;
  if (http === 401) {
    const next =
      'the credentials are no longer valid: run `gcloud auth application-default login`, or renew the key file';
    return ['CREDENTIALS_MISSING', next];
  }
  if (http === 403) return denial(message, reason, projectId);
  if (http === 429) {
    const next =
      'the read quota is 300 units a minute (a list costs 25): ask less often, or have it raised in the console';
    return ['QUOTA_EXCEEDED', next];
  }
  if (http === 404) return ['TRACE_NOT_FOUND', ''];
  return http < 500 ? ['READ_REFUSED', ''] : ['READ_FAILED', 'try again later'];
}

/** Who is denied and why, as Google's gateway and IAM tell it (cloud.google.com/apis/docs/troubleshooting). */
function denial(message: string, reason: string, projectId: string): [code: TracingErrorCode, next: string] {
  // Before the next: for gcloud's own project, where nobody can enable anything, the reason is the same.
  if (/requires a quota project/.test(message)) {
    const next = `run \`gcloud auth application-default set-quota-project ${projectId}\``;
    return ['PERMISSION_DENIED', next];
  }
  if (reason === 'SERVICE_DISABLED' || /has not been used in project|is disabled/.test(message)) {
    const next = `run \`gcloud services enable cloudtrace.googleapis.com --project ${projectId}\`, then wait a few minutes`;
    return ['API_NOT_ENABLED', next];
  }
  if (reason === 'USER_PROJECT_DENIED') {
    const next =
      'grant roles/serviceusage.serviceUsageConsumer on the quota project, or take another with `gcloud auth application-default set-quota-project`';
    return ['PERMISSION_DENIED', next];
  }
  if (reason === 'CONSUMER_INVALID' || /not found or deleted/.test(message)) {
    return [
      'PERMISSION_DENIED',
      `check the project id, ${projectId}: \`gcloud projects list\` shows those there are`,
    ];
  }
  const next = `if the project is right, grant it: \`gcloud projects add-iam-policy-binding ${projectId} --member=MEMBER --role=roles/cloudtrace.user\``;
  return ['PERMISSION_DENIED', next];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
