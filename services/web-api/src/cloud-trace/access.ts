import { isIssuerAway } from '../auth/issuer-away.ts';
import { mayAct, narrowProjects, type Principal } from '../auth/principal.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import { GoogleError, unavailable } from './google-error.ts';

/** Permissions of Cloud Trace (cloud.google.com/trace/docs/iam) and the role of ours that has them. */
const PERMISSIONS = {
  'cloudtrace.traces.get': 'viewer',
  'cloudtrace.traces.list': 'viewer',
  'cloudtrace.traces.patch': 'writer',
} as const;
export type Permission = keyof typeof PERMISSIONS;

export interface AccessOptions {
  readonly verifier: TokenVerifier;
  /** Writing needs no token: nobody but this machine can connect. */
  readonly ingestOpen: boolean;
}

/** Who may do what, in Google's words. */
export class CloudTraceAccess {
  readonly #verifier: TokenVerifier;
  readonly #ingestOpen: boolean;

  constructor({ verifier, ingestOpen }: AccessOptions) {
    this.#verifier = verifier;
    this.#ingestOpen = ingestOpen;
  }

  /** @param token a Bearer token, or null; throws {@link GoogleError}. */
  async check(permission: Permission, projectId: string, token: string | null): Promise<void> {
    const role = PERMISSIONS[permission];
    if (role === 'writer' && this.#ingestOpen) return;
    const principal = await this.identify(token);
    if (!mayAct(principal, role) || narrowProjects(principal.projects, [projectId]) === null) {
      const resource = `//cloudresourcemanager.googleapis.com/projects/${projectId}`;
      const message = `Permission '${permission}' denied on resource '${resource}' (or it may not exist).`;
      throw new GoogleError('PERMISSION_DENIED', message);
    }
  }

  /** Who a token stands for; UNAUTHENTICATED for nobody. */
  async identify(token: string | null): Promise<Principal> {
    const help =
      'Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';
    if (token === null) {
      const message = `Request is missing required authentication credential. ${help}`;
      throw new GoogleError('UNAUTHENTICATED', message);
    }
    try {
      return await this.#verifier.verify(token);
    } catch (cause) {
      if (isIssuerAway(cause)) throw unavailable(cause);
      const message = `Request had invalid authentication credentials. ${help}`;
      throw new GoogleError('UNAUTHENTICATED', message, { cause });
    }
  }
}

/** The token of `Authorization: Bearer TOKEN`; an empty string, which no verifier takes, for other schemes. */
export function bearerToken(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1] ?? '';
}
