import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { OidcVerifier } from './oidc-verifier.ts';

type Answer = (response: ServerResponse, origin: string) => void;

/** An issuer whose two documents a test may replace, and a verifier of its tokens. */
async function startIssuer({ cooldownMs = 0, discovery }: { cooldownMs?: number; discovery?: Answer } = {}) {
  const issuer = { keys: [] as JWK[], asked: 0, answerKeys: null as Answer | null };
  const server = createServer(({ url }, response) => {
    if (url === '/jwks') {
      issuer.asked++;
      if (issuer.answerKeys !== null) issuer.answerKeys(response, origin);
      else response.end(JSON.stringify({ keys: issuer.keys }));
    } else if (discovery !== undefined) discovery(response, origin);
    else response.end(JSON.stringify({ issuer: origin, jwks_uri: `${origin}/jwks` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { issuer: origin, audience: 'api', algorithms: ['EdDSA'], client: null };
  const verifier = new OidcVerifier(
    { ...config, rolesClaim: 'roles', projectsClaim: 'projects' },
    { clockToleranceS: 5, cooldownMs },
  );
  return Object.assign(issuer, { origin, verifier });
}

async function makeKey(kid?: string) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const named = kid === undefined ? {} : { kid };
  const sign = (iss: string, exp: number = Math.floor(Date.now() / 1000) + 600) =>
    new SignJWT({ iss, aud: 'api', sub: 'ada', exp })
      .setProtectedHeader({ alg: 'EdDSA', ...named })
      .sign(privateKey);
  return { jwk: { ...(await exportJWK(publicKey)), alg: 'EdDSA', ...named }, sign };
}

it('takes a token that names no key when one of several is its own', async () => {
  const issuer = await startIssuer();
  const [first, second, other] = [await makeKey(), await makeKey(), await makeKey()];
  issuer.keys = [first.jwk, second.jwk];
  for (const key of [first, second]) {
    expect(await issuer.verifier.verify(await key.sign(issuer.origin))).toMatchObject({ subject: 'ada' });
  }
  await expect(issuer.verifier.verify(await other.sign(issuer.origin))).rejects.toThrow('signature');
  await expect(issuer.verifier.verify(await first.sign(issuer.origin, 1))).rejects.toThrow('exp');
});

it('asks again when another key has taken the name of one it knows', async () => {
  const issuer = await startIssuer();
  const [before, after] = [await makeKey('k'), await makeKey('k')];
  issuer.keys = [before.jwk];
  await issuer.verifier.verify(await before.sign(issuer.origin));
  issuer.keys = [after.jwk];
  expect(await issuer.verifier.verify(await after.sign(issuer.origin))).toMatchObject({ subject: 'ada' });
  await expect(issuer.verifier.verify(await before.sign(issuer.origin))).rejects.toThrow('signature');
});

it('asks once for many tokens that no key fits', async () => {
  const issuer = await startIssuer({ cooldownMs: 600_000 });
  const [known, same, unknown] = [await makeKey('k'), await makeKey('k'), await makeKey('u')];
  issuer.keys = [known.jwk];
  for (const key of [known, same, unknown, same, unknown]) {
    await issuer.verifier.verify(await key.sign(issuer.origin)).catch(() => undefined);
  }
  expect(issuer.asked).toBe(1);
});

it('knows nothing of a token while what it is pointed to is not the issuer', async () => {
  const key = await makeKey('k');
  const away = { code: 'UNAVAILABLE' };
  const moved = await startIssuer({
    discovery: (response, origin) => response.writeHead(302, { location: `${origin}/elsewhere` }).end(),
  });
  await expect(moved.verifier.verify(await key.sign(moved.origin))).rejects.toMatchObject(away);

  const unprotected = await startIssuer({
    discovery: (response, origin) =>
      response.end(JSON.stringify({ issuer: origin, jwks_uri: 'http://192.0.2.1/jwks' })),
  });
  await expect(unprotected.verifier.verify(await key.sign(unprotected.origin))).rejects.toMatchObject({
    ...away,
    cause: { message: expect.stringContaining('neither https nor on loopback') },
  });
});

it('reads no more of a document than it can have', async () => {
  const issuer = await startIssuer();
  const key = await makeKey('k');
  issuer.answerKeys = (response) => {
    response.on('error', () => undefined); // it hangs up
    response.end(' '.repeat(2_000_000));
  };
  await expect(issuer.verifier.verify(await key.sign(issuer.origin))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    headers: { 'retry-after': '5' },
    cause: { message: expect.stringContaining('more than') },
  });
});
