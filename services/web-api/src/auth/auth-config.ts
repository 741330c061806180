import { ConfigError, type OptionReader } from '@utxoiq/service-runner';
import { given } from '../given.ts';
import { isProtected } from './issuer-fetch.ts';

export interface AuthConfig {
  /** Null: the key in the data directory signs and checks. */
  readonly oidc: OidcConfig | null;
  readonly clockToleranceS: number;
  /** Signs sessions; without it a key is kept in the data directory. Several instances need the same. */
  readonly sessionSecret?: string;
  /** A token that only the platform's own services know, for their spans when ingest is not open. */
  readonly ingestToken?: string;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly rolesClaim: string;
  readonly projectsClaim: string;
  readonly client: { readonly id: string; readonly secret?: string } | null;
}

/** @throws ConfigError for the first option that cannot be used. */
export function readAuth(options: OptionReader): AuthConfig {
  return {
    oidc: readOidc(options),
    clockToleranceS: options.integer('AUTH_CLOCK_TOLERANCE_S', 5, { min: 0, max: 300 }),
    ...given({
      sessionSecret: readSecret(options, 'SESSION_SECRET'),
      ingestToken: readSecret(options, 'INGEST_TOKEN'),
    }),
  };
}

function readOidc(options: OptionReader): OidcConfig | null {
  const issuer = options.text('AUTH_ISSUER');
  const audience = options.text('AUTH_AUDIENCE');
  if (issuer === undefined && audience === undefined) return null;
  if (issuer === undefined)
    throw new ConfigError('AUTH_ISSUER', 'an issuer URL beside AUTH_AUDIENCE', issuer);
  if (audience === undefined)
    throw new ConfigError('AUTH_AUDIENCE', 'an audience beside AUTH_ISSUER', audience);
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  if (url === null || !isProtected(url)) {
    throw new ConfigError('AUTH_ISSUER', 'an https URL (http only on loopback)', issuer);
  }
  const clientId = options.text('AUTH_CLIENT_ID');
  return {
    issuer,
    audience,
    algorithms: readAlgorithms(options),
    rolesClaim: options.text('AUTH_ROLES_CLAIM') ?? 'roles',
    projectsClaim: options.text('AUTH_PROJECTS_CLAIM') ?? 'projects',
    client:
      clientId === undefined
        ? null
        : { id: clientId, ...given({ secret: options.text('AUTH_CLIENT_SECRET') }) },
  };
}

const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Only asymmetric ones: a shared secret or `none` would let a token's reader make tokens. */
function readAlgorithms(options: OptionReader): readonly string[] {
  const named = options.list('AUTH_ALGORITHMS');
  const wrong = named.find((name) => !asymmetric.includes(name));
  if (wrong !== undefined)
    throw new ConfigError('AUTH_ALGORITHMS', `some of ${asymmetric.join(', ')}`, wrong);
  return named.length === 0 ? ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] : named;
}

/** Long enough not to be guessed. */
export function readSecret(options: OptionReader, name: string): string | undefined {
  const secret = options.text(name);
  if (secret !== undefined && secret.length < 32) {
    throw new ConfigError(name, 'at least 32 characters', `${secret.length} characters`);
  }
  return secret;
}
