import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { OidcConfig } from './auth-config.ts';
import { issuerAway } from './issuer-away.ts';
import { type Principal, principalFromClaims } from './principal.ts';
import type { TokenVerifier } from './token-verifier.ts';

const discoveryTimeoutMs = 5000;

/** Checks tokens of an OpenID Connect issuer: discovery once, then its JWKS, fetched again for an unknown key. */
export class OidcVerifier implements TokenVerifier {
  readonly #config: OidcConfig;
  readonly #clockToleranceS: number;
  #keys: Promise<JWTVerifyGetKey> | null = null;

  constructor(config: OidcConfig, options: { clockToleranceS: number }) {
    this.#config = config;
    this.#clockToleranceS = options.clockToleranceS;
  }

  async verify(token: string): Promise<Principal> {
    return this.verifyFor(token, this.#config.audience);
  }

  /** The same for another audience: an ID token's is the client. */
  async verifyFor(token: string, audience: string): Promise<Principal> {
    const { payload } = await jwtVerify(token, await this.#jwks(), {
      issuer: this.#config.issuer,
      audience,
      algorithms: [...this.#config.algorithms],
      clockTolerance: this.#clockToleranceS,
      requiredClaims: ['exp', 'sub'],
    });
    return principalFromClaims(payload, this.#config);
  }

  async #jwks(): Promise<JWTVerifyGetKey> {
    this.#keys ??= this.#discover();
    try {
      return await this.#keys;
    } catch (cause) {
      this.#keys = null;
      throw issuerAway(cause);
    }
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.#config;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(url, { signal: AbortSignal.timeout(discoveryTimeoutMs) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (metadata.issuer !== issuer)
      throw new Error(`${url} names another issuer: ${String(metadata.issuer)}`);
    if (typeof metadata.jwks_uri !== 'string') throw new Error(`${url} has no jwks_uri`);
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: discoveryTimeoutMs });
    return (header, token) =>
      keys(header, token).catch((cause: unknown) => {
        throw isOfToken(cause) ? cause : issuerAway(cause);
      });
  }
}

/** The token names no key that would fit; everything else is that the keys could not be had: no 401 for a good token. */
const isOfToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
