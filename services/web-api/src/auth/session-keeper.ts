import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { type Principal, principalFromClaims } from './principal.ts';

export interface Session {
  readonly id: string;
  readonly principal: Principal;
}

const maxSessionS = 12 * 3600;
const claimNames = { rolesClaim: 'roles', projectsClaim: 'projects' };
const encryption = { alg: 'dir', enc: 'A256GCM' };

/**
 * Sessions that live in their cookie, encrypted, so that several instances with one secret know them all. Only
 * signing out needs memory: the ids of ended sessions until they would have expired.
 */
export class SessionKeeper {
  readonly #key: Uint8Array;
  readonly #csrfKey: Uint8Array;
  readonly #ended = new Map<string, number>();

  constructor(secret: string) {
    this.#key = derive(secret, 'session');
    this.#csrfKey = derive(secret, 'csrf');
  }

  async seal(principal: Principal): Promise<{ cookie: string; session: Session; maxAgeS: number }> {
    const id = crypto.randomUUID();
    const now = Math.floor(Date.now() / 1000);
    const expiresAt = Math.min(Math.floor(principal.expiresAt), now + maxSessionS);
    const cookie = await this.sealValue(
      { sid: id, sub: principal.subject, roles: principal.roles, projects: projectsClaim(principal) },
      expiresAt,
    );
    return { cookie, session: { id, principal: { ...principal, expiresAt } }, maxAgeS: expiresAt - now };
  }

  /** Null for a cookie that is not ours, has expired or was signed out. */
  async open(cookie: string): Promise<Session | null> {
    const claims = await this.openValue(cookie);
    if (claims === null || typeof claims.sid !== 'string' || this.#ended.has(claims.sid)) return null;
    return { id: claims.sid, principal: principalFromClaims(claims, claimNames) };
  }

  end(session: Session): void {
    const now = Date.now() / 1000;
    for (const [id, expiresAt] of this.#ended) if (expiresAt < now) this.#ended.delete(id);
    this.#ended.set(session.id, session.principal.expiresAt);
  }

  csrfToken(session: Session): string {
    return createHmac('sha256', this.#csrfKey).update(session.id).digest('base64url');
  }

  isCsrfToken(session: Session, token: unknown): boolean {
    if (typeof token !== 'string') return false;
    const [expected, came] = [Buffer.from(this.csrfToken(session)), Buffer.from(token)];
    return expected.length === came.length && timingSafeEqual(expected, came);
  }

  /** Anything small that a browser keeps for us and must neither read nor change. */
  async sealValue(claims: Record<string, unknown>, expiresAt: number): Promise<string> {
    return new EncryptJWT(claims)
      .setProtectedHeader(encryption)
      .setExpirationTime(expiresAt)
      .encrypt(this.#key);
  }

  async openValue(text: string): Promise<Record<string, unknown> | null> {
    try {
      const { payload } = await jwtDecrypt(text, this.#key, {
        keyManagementAlgorithms: [encryption.alg],
        contentEncryptionAlgorithms: [encryption.enc],
        requiredClaims: ['exp'],
      });
      return payload;
    } catch {
      return null; // Whatever is wrong with it, it is not a session.
    }
  }
}

const projectsClaim = (principal: Principal): readonly string[] | '*' =>
  principal.projects === 'all' ? '*' : principal.projects;

function derive(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `utxoiq ${purpose}`, 32));
}
