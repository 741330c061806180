import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { join } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import type { Principal } from '../../auth/principal.ts';
import { readOrCreateSecret } from '../../auth/secret-file.ts';
import type { TokenVerifier } from '../../auth/token-verifier.ts';

/**
 * Not `googleapis.com`: then Google's libraries sign their tokens themselves and ask nobody
 * (google-auth-library, universe domains).
 */
export const UNIVERSE_DOMAIN = 'trace.local';
const ALGORITHM = 'RS256';
/** Marks tokens of the metadata stand-in, which any process on this machine can have. */
const WRITE_ONLY = 'write-only';

/**
 * A service account that only this platform knows: its key file is what `GOOGLE_APPLICATION_CREDENTIALS` of an
 * unmodified program points to, and tokens signed with it are taken here.
 */
export class LocalServiceAccount implements TokenVerifier {
  readonly email: string;
  readonly keyFilePath: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  private constructor(
    keyFilePath: string,
    { clientEmail, privateKey }: { clientEmail: string; privateKey: string },
  ) {
    this.keyFilePath = keyFilePath;
    this.email = clientEmail;
    this.#privateKey = createPrivateKey(privateKey);
    this.#publicKey = createPublicKey(this.#privateKey);
  }

  static async open(dataDir: string, projectId: string): Promise<LocalServiceAccount> {
    const path = join(dataDir, 'auth', 'service-account.json');
    const file: unknown = JSON.parse(await readOrCreateSecret(path, async () => keyFile(projectId)));
    const { client_email: clientEmail, private_key: privateKey } = file as Record<string, unknown>;
    if (typeof clientEmail !== 'string' || typeof privateKey !== 'string') {
      throw new TypeError(`${path} is no service account key; remove it, and a new one is made`);
    }
    return new LocalServiceAccount(path, { clientEmail, privateKey });
  }

  /** What the metadata stand-in hands out: good for writing only, since any local process can ask for it. */
  issueWriteToken(lifetimeSeconds: number): Promise<string> {
    return new SignJWT({ use: WRITE_ONLY })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(this.email)
      .setSubject(this.email)
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
      .sign(this.#privateKey);
  }

  async verify(token: string): Promise<Principal> {
    const { payload } = await jwtVerify(token, this.#publicKey, {
      algorithms: [ALGORITHM],
      issuer: this.email,
      subject: this.email,
      requiredClaims: ['exp', 'iat'],
      maxTokenAge: '2h',
      clockTolerance: 30,
    });
    const roles = payload.use === WRITE_ONLY ? (['writer'] as const) : (['viewer', 'writer'] as const);
    return { subject: this.email, roles, projects: 'all', expiresAt: payload.exp ?? 0 };
  }
}

function keyFile(projectId: string): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    type: 'service_account',
    project_id: projectId,
    private_key_id: randomBytes(20).toString('hex'),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: `local@${projectId}.iam.${UNIVERSE_DOMAIN}`,
    client_id: '100000000000000000000',
    auth_uri: `https://accounts.${UNIVERSE_DOMAIN}/o/oauth2/auth`,
    token_uri: `https://oauth2.${UNIVERSE_DOMAIN}/token`,
    universe_domain: UNIVERSE_DOMAIN,
  };
  return `${JSON.stringify(key, null, 2)}\n`;
}

/** Tokens of the local account, and all others as before. */
export function alsoLocalAccount(verifier: TokenVerifier, account: LocalServiceAccount): TokenVerifier {
  return {
    verify: async (token) => {
      try {
        return await account.verify(token);
      } catch {
        return verifier.verify(token); // it was not the account's: the other one says why it is none
      }
    },
  };
}
