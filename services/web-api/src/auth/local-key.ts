import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { given } from '../given.ts';
import { type Principal, principalFromClaims, type Role } from './principal.ts';
import { readOrCreateSecret } from './secret-file.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** `iss` and `aud` of the tokens that the local key signs. */
const issuer = 'urn:utxoiq:local';
const audience = 'utxoiq-tracing';
const algorithm = 'EdDSA';
const claimNames = { rolesClaim: 'roles', projectsClaim: 'projects' };

export interface TokenRequest {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Left out: all projects. */
  readonly projects?: readonly string[];
  readonly ttlSeconds: number;
}

/** The key that signs and checks tokens where no issuer is configured: Ed25519, kept in the data directory. */
export class LocalKey implements TokenVerifier {
  readonly #privateKey: CryptoKey;
  readonly #publicKey: CryptoKey;
  readonly #clockToleranceS: number;

  private constructor(privateKey: CryptoKey, publicKey: CryptoKey, clockToleranceS: number) {
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
    this.#clockToleranceS = clockToleranceS;
  }

  static async open(dataDir: string, options: { clockToleranceS?: number } = {}): Promise<LocalKey> {
    const text = await readOrCreateSecret(join(dataDir, 'auth', 'signing-key.json'), async () => {
      const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
      return JSON.stringify(await exportJWK(privateKey));
    });
    const jwk = JSON.parse(text) as JWK;
    const { d: _secret, ...publicJwk } = jwk;
    const imported = [await importJWK(jwk, algorithm), await importJWK(publicJwk, algorithm)] as const;
    return new LocalKey(imported[0] as CryptoKey, imported[1] as CryptoKey, options.clockToleranceS ?? 5);
  }

  async sign(request: TokenRequest): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      roles: request.roles,
      ...given({ projects: request.projects }),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(request.subject)
      .setIssuedAt(now)
      .setExpirationTime(now + request.ttlSeconds)
      .setJti(crypto.randomUUID())
      .sign(this.#privateKey);
  }

  async verify(token: string): Promise<Principal> {
    const { payload } = await jwtVerify(token, this.#publicKey, {
      issuer,
      audience,
      algorithms: [algorithm],
      clockTolerance: this.#clockToleranceS,
      requiredClaims: ['exp', 'sub'],
    });
    return principalFromClaims(payload, claimNames);
  }
}
