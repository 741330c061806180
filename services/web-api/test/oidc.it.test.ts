import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OidcVerifier } from '../src/auth/oidc-verifier.ts';
import { CloudTraceAccess } from '../src/cloud-trace/access.ts';
import { makeSpan, memorySource } from './memory-source.ts';
import { clientId, type OidcIssuer, redirectUri, startOidcIssuer } from './oidc-issuer.ts';
import { appForThisTest, startTestApp, type TestApp } from './test-app.ts';

const audience = 'https://api.utxoiq.example';
let oidc: OidcIssuer;
let issuer: string;
let test: TestApp;

beforeAll(async () => {
  oidc = await startOidcIssuer();
  issuer = oidc.url;
  test = await startTestApp(memorySource([makeSpan()]), {
    environment: {
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: audience,
      AUTH_CLIENT_ID: clientId,
      AUTH_CLOCK_TOLERANCE_S: '300',
    },
  });
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await oidc[Symbol.asyncDispose]();
});

/** An access token as the issuer would sign it, with parts changed. */
function signed(
  changes: { claims?: Record<string, unknown>; header?: Record<string, unknown>; key?: CryptoKey } = {},
) {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: issuer,
    aud: audience,
    sub: 'ada',
    exp: now + 600,
    roles: ['viewer'],
    ...changes.claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...changes.header })
    .sign(changes.key ?? oidc.signingKey);
}

const read = (token: string) =>
  test.app.inject({
    url: `/api/v1/monitoring/traces/${makeSpan().traceId}`,
    headers: { authorization: `Bearer ${token}` },
  });

it('metrics are for tokens of all projects where other machines can connect', async () => {
  const { app } = await appForThisTest(memorySource([]), {
    environment: { HOST: '0.0.0.0', AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience },
  });
  const ask = async (claims: Record<string, unknown>) => {
    const headers = { authorization: `Bearer ${await signed({ claims })}` };
    return (await app.inject({ url: '/metrics', headers })).statusCode;
  };
  expect((await app.inject('/metrics')).statusCode).toBe(401);
  expect(await ask({})).toBe(200);
  expect(await ask({ projects: ['a'] })).toBe(403);
});

describe('a token of the issuer', () => {
  it('reads with the role and projects in its claims', async () => {
    expect((await read(await signed())).statusCode).toBe(200);
    expect((await read(await signed({ claims: { aud: ['other', audience] } }))).statusCode).toBe(200);
    expect((await read(await signed({ claims: { roles: ['writer'] } }))).statusCode).toBe(403);
    expect((await read(await signed({ claims: { roles: undefined } }))).statusCode).toBe(403);
    expect((await read(await signed({ claims: { projects: ['other'] } }))).statusCode).toBe(403);
  });

  const past = Math.floor(Date.now() / 1000) - 3600;
  it.each([
    ['another audience', { aud: 'someone-else' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['expiry in the past', { exp: past }],
    ['a start in the future', { nbf: past + 7200 }],
    ['no expiry', { exp: undefined }],
    ['no subject', { sub: undefined }],
  ])('is refused with %s', async (_name, claims) => {
    const response = await read(await signed({ claims }));
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toContain('invalid_token');
  });

  it('is refused when another key signed it, or the public key as a shared secret did', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    expect((await read(await signed({ key: privateKey }))).statusCode).toBe(401);
    const confusion = await new SignJWT({
      iss: issuer,
      aud: audience,
      sub: 'eve',
      exp: past + 7200,
      roles: ['admin'],
    })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode('the public key, used as a secret'));
    expect((await read(confusion)).statusCode).toBe(401);
  });

  it('is allowed a little difference of clocks', async () => {
    expect(
      (await read(await signed({ claims: { exp: Math.floor(Date.now() / 1000) - 60 } }))).statusCode,
    ).toBe(200);
  });

  it('a token of the local key is not accepted beside an issuer, and no sign-in link is made', async () => {
    const local = await appForThisTest(memorySource([]));
    expect((await read(await local.token({ roles: ['admin'] }))).statusCode).toBe(401);
    expect(test.auth.localKey).toBeNull();
  });
});

describe('an issuer that is away', () => {
  it('is answered with 503, and asked again the next time', async () => {
    const away = await appForThisTest(memorySource([]), {
      environment: { AUTH_ISSUER: 'http://127.0.0.1:9', AUTH_AUDIENCE: audience },
    });
    const url = `/api/v1/monitoring/traces/${makeSpan().traceId}`;
    const response = await away.app.inject({ url, headers: { authorization: `Bearer ${await signed()}` } });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is answered with 503 too when it goes before its keys were read', async () => {
    await using server = createServer((request, response) => {
      const isDiscovery = request.url?.startsWith('/.well-known/') ?? false;
      response.writeHead(isDiscovery ? 200 : 500);
      response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks` }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const verifier = new OidcVerifier(
      {
        issuer: url,
        audience,
        algorithms: ['RS256'],
        rolesClaim: 'roles',
        projectsClaim: 'projects',
        client: null,
      },
      { clockToleranceS: 5 },
    );
    const token = await signed({ claims: { iss: url } });
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const cloudTrace = new CloudTraceAccess({ verifier, ingestOpen: false });
    await expect(cloudTrace.identify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('the code flow with PKCE', () => {
  it('signs a browser in at the issuer and back', async () => {
    const config = (await test.app.inject('/api/v1/session/config')).json();
    expect(config).toEqual({ oidc: { issuer, sign_in_url: '/sign-in/oidc' } });

    const wanted = '/traces/ab?q=a%3Db';
    const url = `/sign-in/oidc?return_to=${encodeURIComponent(wanted)}`;
    const left = await test.app.inject({ url, headers: { host: '127.0.0.1:8080' } });
    expect(left.statusCode).toBe(303);
    const flowCookie = left.cookies.find(({ name }) => name === 'utxoiq_sign_in');
    expect(left.headers.location).toContain('code_challenge_method=S256');

    const callback = await signInAtIssuer(String(left.headers.location));
    expect(callback.href).toContain(redirectUri);
    const back = (cookie: string) =>
      test.app.inject({
        url: callback.pathname + callback.search,
        headers: { host: '127.0.0.1:8080', cookie },
      });

    expect((await back('')).statusCode).toBe(401); // Another browser has no part in this sign-in.
    const arrived = await back(`utxoiq_sign_in=${flowCookie?.value}`);
    expect(arrived.statusCode).toBe(303);
    expect(arrived.headers.location).toBe(wanted);
    const session = arrived.cookies.find(({ name }) => name === 'utxoiq_session');
    const me = await test.app.inject({
      url: '/api/v1/session',
      headers: { cookie: `utxoiq_session=${session?.value}` },
    });
    expect(me.json()).toMatchObject({ subject: 'ada', roles: ['viewer'], projects: ['utxoiq-local'] });

    const replay = await back(`utxoiq_sign_in=${flowCookie?.value}`);
    expect(replay.statusCode).toBe(401); // A code is good once.
  });
});

/** Does at the issuer's own pages what a person would: name, consent; ends where it sends the browser back. */
async function signInAtIssuer(startUrl: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      cookies.set(name, value);
    }
    return response;
  };
  let url = new URL(startUrl);
  for (let step = 0; step < 12; step++) {
    if (url.href.startsWith(redirectUri)) return url;
    let response = await visit(url.href);
    if (response.status === 200) {
      const page = await response.text();
      const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1] ?? '';
      const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1] ?? 'login';
      response = await visit(new URL(action, url).href, { prompt, login: 'ada', password: 'x' });
    }
    url = new URL(response.headers.get('location') ?? '', url);
  }
  throw new Error(`sign-in did not end; last page ${url.href}`);
}
