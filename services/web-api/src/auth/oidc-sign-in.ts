import * as client from 'openid-client';
import { ApiError } from '../errors/api-error.ts';
import { isLoopback } from '../http/loopback.ts';
import type { OidcConfig } from './auth-config.ts';
import { issuerAway } from './issuer-away.ts';
import type { OidcVerifier } from './oidc-verifier.ts';
import type { Principal } from './principal.ts';

/** What has to be remembered between leaving for the issuer and coming back. */
export interface SignInFlow {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

type Options = OidcConfig & { readonly client: NonNullable<OidcConfig['client']> };

/** The authorization code flow with PKCE (RFC 7636) in the user's browser. */
export class OidcSignIn {
  readonly #options: Options;
  readonly #verifier: OidcVerifier;
  #configuration: Promise<client.Configuration> | null = null;

  constructor(options: Options, verifier: OidcVerifier) {
    this.#options = options;
    this.#verifier = verifier;
  }

  async begin(redirectUri: string): Promise<{ url: string; flow: SignInFlow }> {
    const flow = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(await this.#discovered(), {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(flow.codeVerifier),
      code_challenge_method: 'S256',
      state: flow.state,
      nonce: flow.nonce,
    });
    return { url: url.href, flow };
  }

  /** Exchanges the code. Roles come from the access token when it is one for this API, else from the ID token. */
  async finish(callbackUrl: URL, flow: Readonly<Record<string, unknown>>): Promise<Principal> {
    const configuration = await this.#discovered();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, callbackUrl, {
        pkceCodeVerifier: String(flow.codeVerifier),
        expectedState: String(flow.state),
        expectedNonce: String(flow.nonce),
        idTokenExpected: true,
      });
      const forApi = await this.#verifier.verify(tokens.access_token).catch(() => null);
      return forApi ?? (await this.#verifier.verifyFor(tokens.id_token ?? '', this.#options.client.id));
    } catch (cause) {
      throw new ApiError(
        'UNAUTHENTICATED',
        'the issuer did not confirm the sign-in',
        {
          next_step: 'Open /sign-in/oidc again.',
        },
        { cause },
      );
    }
  }

  async #discovered(): Promise<client.Configuration> {
    const issuer = new URL(this.#options.issuer);
    const { id, secret } = this.#options.client;
    this.#configuration ??= client.discovery(
      issuer,
      id,
      undefined,
      secret === undefined ? client.None() : client.ClientSecretPost(secret),
      { timeout: 5, execute: isLoopback(issuer.hostname) ? [client.allowInsecureRequests] : [] },
    );
    try {
      return await this.#configuration;
    } catch (cause) {
      this.#configuration = null;
      throw issuerAway(cause);
    }
  }
}
