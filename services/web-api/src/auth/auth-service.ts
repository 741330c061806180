import { timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { Authorize } from '@utxoiq/collector';
import type { Config } from '../config.ts';
import { isLoopback } from '../http/loopback.ts';
import { isIssuerAway } from './issuer-away.ts';
import { LocalKey } from './local-key.ts';
import { OidcVerifier } from './oidc-verifier.ts';
import { mayAct, type Principal } from './principal.ts';
import { readOrCreateSecret } from './secret-file.ts';
import { SessionKeeper } from './session-keeper.ts';
import { SignInCodes } from './sign-in-codes.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Everything that decides who a caller is. */
export interface AuthService {
  readonly verifier: TokenVerifier;
  /** Set where an issuer is configured. */
  readonly oidc: OidcVerifier | null;
  /** Set where none is. */
  readonly localKey: LocalKey | null;
  readonly sessions: SessionKeeper;
  readonly signInCodes: SignInCodes;
  /** Browsers come by https: what they keep for us goes no other way. */
  readonly hasSecureUrl: boolean;
}

export async function openAuth(config: Pick<Config, 'auth' | 'dataDir' | 'http'>): Promise<AuthService> {
  const { clockToleranceS } = config.auth;
  const oidc = config.auth.oidc === null ? null : new OidcVerifier(config.auth.oidc, { clockToleranceS });
  const localKey = oidc === null ? await LocalKey.open(config.dataDir, { clockToleranceS }) : null;
  const verifier = oidc ?? localKey;
  if (verifier === null) throw new Error('unreachable: one of the two is always there');
  const secret =
    config.auth.sessionSecret ??
    (await readOrCreateSecret(join(config.dataDir, 'auth', 'session-secret'), async () =>
      Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'),
    ));
  return {
    verifier,
    oidc,
    localKey,
    sessions: new SessionKeeper(secret),
    signInCodes: new SignInCodes(),
    hasSecureUrl: config.http.publicUrl?.startsWith('https:') ?? false,
  };
}

/** Who may send spans: anybody where only this machine can connect, else a `writer`. */
export function ingestAuthorizer(config: Pick<Config, 'host' | 'auth'>, verifier: TokenVerifier): Authorize {
  const open = isLoopback(config.host);
  const own = config.auth.ingestToken;
  return async ({ authorization }) => {
    if (open) return { ok: true, projects: 'all' };
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      return { ok: false, status: 401, message: 'a Bearer token with the role writer is needed' };
    if (own !== undefined && isSame(own, token)) return { ok: true, projects: 'all' };
    let principal: Principal;
    try {
      principal = await verifier.verify(token);
    } catch (error) {
      if (isIssuerAway(error)) return { ok: false, status: 503, message: error.message };
      return { ok: false, status: 401, message: 'the token is not valid' };
    }
    if (!mayAct(principal, 'writer')) return { ok: false, status: 403, message: 'the role writer is needed' };
    return { ok: true, projects: principal.projects };
  };
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
