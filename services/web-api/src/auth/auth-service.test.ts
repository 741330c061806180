import { describe, expect, it } from 'vitest';
import { ApiError } from '../errors/api-error.ts';
import { ingestAuthorizer } from './auth-service.ts';
import type { Principal } from './principal.ts';
import type { TokenVerifier } from './token-verifier.ts';

const config = { host: '0.0.0.0', auth: { oidc: null, clockToleranceS: 5, ingestToken: 'own' } };
const principal = (role: Principal['roles'][number]): Principal => ({
  subject: 'a',
  roles: [role],
  projects: ['p'],
  expiresAt: 0,
});

describe('who may send spans to a platform that other machines can reach', () => {
  const answer = (verify: TokenVerifier['verify'], authorization = 'Bearer a-token') =>
    ingestAuthorizer(config, { verify })({ authorization });

  it('is a writer, in its projects, and whoever has the token for ingest', async () => {
    expect(await answer(async () => principal('writer'))).toEqual({ ok: true, projects: ['p'] });
    expect(await answer(async () => principal('viewer'))).toMatchObject({ ok: false, status: 403 });
    expect(await answer(() => Promise.reject(new Error('expired')))).toMatchObject({ status: 401 });
    expect(await answer(() => Promise.reject(new Error('expired')), 'Bearer own')).toMatchObject({
      ok: true,
    });
  });

  it('cannot be said while the issuer is away: spans are not thrown away for that', async () => {
    const away = new ApiError('UNAVAILABLE', 'the token issuer does not answer; try again');
    expect(await answer(() => Promise.reject(away))).toMatchObject({ ok: false, status: 503 });
  });
});
