import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSpan, memorySource } from '../../test/memory-source.ts';
import { appForThisTest, startTestApp, type TestApp } from '../../test/test-app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp(memorySource([makeSpan()]));
});
afterAll(() => test[Symbol.asyncDispose]());

const operator = {
  subject: 'operator',
  roles: ['admin'],
  projects: 'all',
  expiresAt: Date.now() / 1000 + 3600,
} as const;
const cookieOf = (response: { cookies: { name: string; value: string }[] }): string => {
  const cookie = response.cookies.find(({ name }) => name === 'utxoiq_session');
  return `utxoiq_session=${cookie?.value}`;
};

describe('the sign-in link', () => {
  it('works once, then gives an HttpOnly, SameSite cookie that reads the API', async () => {
    const url = `/sign-in?code=${test.auth.signInCodes.issue(operator)}`;
    const first = await test.app.inject({ url });
    expect(first.statusCode).toBe(303);
    expect(first.headers.location).toBe('/');
    expect(first.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Lax/);
    const session = await test.app.inject({ url: '/api/v1/session', headers: { cookie: cookieOf(first) } });
    expect(session.headers['cache-control']).toBe('no-store');
    expect(session.json()).toMatchObject({
      subject: 'operator',
      roles: ['admin'],
      projects: 'all',
      available_projects: ['utxoiq-local'],
      csrf_token: expect.any(String),
    });
    const second = await test.app.inject({ url });
    expect(second.statusCode).toBe(401);
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(second.body).toContain('does not work any more');
  });

  it('is not used up by who fetches ahead, or only looks whether it is good', async () => {
    const url = `/sign-in?code=${test.auth.signInCodes.issue(operator)}`;
    expect((await test.app.inject({ method: 'HEAD', url })).statusCode).toBe(405);
    const ahead = await test.app.inject({ url, headers: { 'sec-purpose': 'prefetch;prerender' } });
    expect(ahead.statusCode).toBe(503);
    expect((await test.app.inject({ url })).statusCode).toBe(303);
  });
});

describe('a session from a token', () => {
  const signIn = (token: string) =>
    test.app.inject({ method: 'POST', url: '/api/v1/session', payload: { token } });

  it('needs the CSRF token for everything but reading, and ends for good', async () => {
    const response = await signIn(await test.token());
    expect(response.statusCode).toBe(201);
    const cookie = cookieOf(response);
    const { csrf_token } = response.json();
    const end = (headers: Record<string, string>) =>
      test.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie, ...headers } });
    expect((await end({})).statusCode).toBe(403);
    expect((await end({ 'x-csrf-token': `${csrf_token}x` })).statusCode).toBe(403);
    expect((await end({ 'x-csrf-token': csrf_token })).statusCode).toBe(204);
    const after = await test.app.inject({ url: '/api/v1/session', headers: { cookie } });
    expect(after.statusCode).toBe(401);
  });

  it('refuses a wrong token and a cookie of another installation', async () => {
    expect((await signIn('nonsense')).statusCode).toBe(401);
    const foreign = await appForThisTest(memorySource([]));
    const { cookie } = await foreign.auth.sessions.seal(operator);
    const response = await test.app.inject({
      url: '/api/v1/session',
      headers: { cookie: `utxoiq_session=${cookie}` },
    });
    expect(response.statusCode).toBe(401);
  });

  it('goes over https alone where browsers come by https', async () => {
    const secure = await appForThisTest(memorySource([]), {
      environment: { PUBLIC_URL: 'https://traces.example' },
    });
    const url = `/sign-in?code=${secure.auth.signInCodes.issue(operator)}`;
    expect((await secure.app.inject({ url })).headers['set-cookie']).toMatch(/; Secure/);
  });

  it('is refused with a reason where no browser would keep its cookie', async () => {
    const projects = Array.from({ length: 300 }, (_, index) => `project-of-the-company-${index}`);
    const response = await signIn(await test.token({ projects }));
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ field: 'token', came: '300 projects' });
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('is made from a token that never expires', async () => {
    const response = await signIn(await test.token({ ttlSeconds: 1e15 }));
    expect(response.statusCode).toBe(201);
    const bearer = { authorization: `Bearer ${await test.token({ ttlSeconds: 1e15 })}` };
    const { expires_at } = (await test.app.inject({ url: '/api/v1/session', headers: bearer })).json();
    expect(expires_at).toBe('9999-12-31T23:59:59.000Z');
  });

  it('says how one can sign in', async () => {
    expect((await test.app.inject({ url: '/api/v1/session/config' })).json()).toEqual({ oidc: null });
  });
});
