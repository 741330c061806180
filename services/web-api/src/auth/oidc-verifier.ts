import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import type { OidcConfig } from './auth-config.ts';
import { issuerAway } from './issuer-away.ts';
import { issuerFetch } from './issuer-fetch.ts';
import { type Principal, principalFromClaims } from './principal.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface OidcVerifierOptions {
  readonly clockToleranceS: number;
  /** The issuer's keys are asked for no more often than this, whatever tokens come; 5 s. */
  readonly cooldownMs?: number;
}

interface IssuerKeys {
  readonly find: JWTVerifyGetKey;
  /** Asks the issuer anew; false when it was asked just before. */
  readonly renew: () => Promise<boolean>;
}

/** Checks tokens of an OpenID Connect issuer: discovery once, then its JWKS, fetched again for an unknown key. */
export class OidcVerifier implements TokenVerifier {
  readonly #config: OidcConfig;
  readonly #options: Required<OidcVerifierOptions>;
  #keys: Promise<IssuerKeys> | null = null;

  constructor(config: OidcConfig, options: OidcVerifierOptions) {
    this.#config = config;
    this.#options = { cooldownMs: 5000, ...options };
  }

  async verify(token: string): Promise<Principal> {
    return this.verifyFor(token, this.#config.audience);
  }

  /** The same for another audience: an ID token's is the client. */
  async verifyFor(token: string, audience: string): Promise<Principal> {
    const keys = await this.#issuerKeys();
    const options = {
      issuer: this.#config.issuer,
      audience,
      algorithms: [...this.#config.algorithms],
      clockTolerance: this.#options.clockToleranceS,
      requiredClaims: ['exp', 'sub'],
    };
    const claims = await claimsOf(token, keys.find, options).catch(async (error: unknown) => {
      // The issuer may have put another key in the place of one that is known by the same name.
      if (!isOfSignature(error) || !(await keys.renew())) throw error;
      return claimsOf(token, keys.find, options);
    });
    return principalFromClaims(claims, this.#config);
  }

  async #issuerKeys(): Promise<IssuerKeys> {
    this.#keys ??= this.#discover();
    try {
      return await this.#keys;
    } catch (cause) {
      this.#keys = null;
      throw issuerAway(cause);
    }
  }

  async #discover(): Promise<IssuerKeys> {
    const { issuer } = this.#config;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await issuerFetch(url);
    const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (metadata.issuer !== issuer)
      throw new Error(`${url} names another issuer: ${String(metadata.issuer)}`);
    if (typeof metadata.jwks_uri !== 'string') throw new Error(`${url} has no jwks_uri`);
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), {
      cooldownDuration: this.#options.cooldownMs,
      [customFetch]: issuerFetch,
    });
    return {
      find: (header, token) =>
        keys(header, token).catch((cause: unknown) => {
          throw isOfToken(cause) ? cause : issuerAway(cause);
        }),
      renew: async () => {
        if (keys.coolingDown) return false;
        await keys.reload().catch((cause: unknown) => {
          throw issuerAway(cause);
        });
        return true;
      },
    };
  }
}

/** A token need not say which key it is of: each that fits is tried. */
async function claimsOf(
  token: string,
  find: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, find, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch((reason: unknown) => {
        if (isOfSignature(reason)) return null; // it is of another one
        throw reason;
      });
      if (verified !== null) return verified.payload;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

const isOfSignature = (error: unknown): boolean => error instanceof errors.JWSSignatureVerificationFailed;

/** The token names no key that would fit; everything else is that the keys could not be had: no 401 for a good token. */
const isOfToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
