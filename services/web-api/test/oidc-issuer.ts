import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider';

export const clientId = 'viewer';
/** Of a native client, so that the issuer takes it on any port of the loopback. */
export const redirectUri = 'http://127.0.0.1:8080/sign-in/callback';

export interface OidcIssuer extends AsyncDisposable {
  readonly url: string;
  readonly signingKey: CryptoKey;
}

/** A real issuer: oidc-provider over HTTP, with keys, a client and a sign-in page of its own. */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client: ClientMetadata = {
    client_id: clientId,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  };
  const configuration: Configuration = {
    clients: [client],
    jwks: { keys: [jwk] },
    pkce: { required: () => true },
    cookies: { keys: ['a-cookie-key-for-tests'] },
    claims: { openid: ['sub', 'roles', 'projects'], profile: [], email: [] },
    conformIdTokenClaims: false,
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 600,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    findAccount: async (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, roles: ['viewer'], projects: ['utxoiq-local'] }),
    }),
  };
  server.on('request', new Provider(url, configuration).callback());
  return {
    url,
    signingKey: privateKey,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
