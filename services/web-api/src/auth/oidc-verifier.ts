import { createRemoteJWKSet, jwtVerify } from 'jose';
import { ApiError } from '../errors/api-error.ts';
import type { OidcConfig } from './auth-config.ts';
import { type Principal, principalFromClaims } from './principal.ts';
import type { TokenVerifier } from './token-verifier.ts';

const discoveryTimeoutMs = 5000;

/** Checks tokens of an OpenID Connect issuer: discovery once, then its JWKS, fetched again for an unknown key. */
export class OidcVerifier implements TokenVerifier {
  readonly #config: OidcConfig;
  readonly #clockToleranceS: number;
  #keys: Promise<ReturnType<typeof createRemoteJWKSet>> | null = null;

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

  async #jwks(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    this.#keys ??= this.#discover();
    try {
      return await this.#keys;
    } catch (cause) {
      this.#keys = null;
      throw new ApiError('UNAVAILABLE', 'the token issuer does not answer; try again', {}, { cause });
    }
  }

  async #discover(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    const { issuer } = this.#config;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(url, { signal: AbortSignal.timeout(discoveryTimeoutMs) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (metadata.issuer !== issuer)
      throw new Error(`${url} names another issuer: ${String(metadata.issuer)}`);
    if (typeof metadata.jwks_uri !== 'string') throw new Error(`${url} has no jwks_uri`);
    return createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: discoveryTimeoutMs });
  }
}
