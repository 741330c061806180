import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKeeper } from '../../test/alert-platform.ts';
import { T0 } from '../../test/fake-minutes.ts';
import { memorySource } from '../../test/memory-source.ts';
import { appForThisTest, startTestApp } from '../../test/test-app.ts';
import type { TokenRequest } from '../auth/local-key.ts';
import { Metrics } from '../observe/metrics.ts';

const errors = { name: 'Errors of api', signal: 'error_rate', threshold: 5, severity: 'critical' };

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

async function startPlatform() {
  const alerts = await startKeeper();
  const { keeper } = alerts;
  const metrics = new Metrics({
    alertStats: () => keeper.stats(),
    firingAlerts: () => keeper.firingByRule(),
  });
  const test = await startTestApp(memorySource([]), { deps: { alerts: keeper, metrics } });
  const { paths } = (await test.app.inject('/openapi.json')).json();
  const as = (request: Partial<TokenRequest>) => async (method: Method, url: string, payload?: object) => {
    const response = await test.app.inject({
      method,
      url: `/api/v1/alerts${url}`,
      headers: { authorization: `Bearer ${await test.token(request)}` },
      ...(payload === undefined ? {} : { payload }),
    });
    const template = `/api/v1/alerts${url}`.split('?')[0]?.replace(/rules\/[^/]+/, 'rules/{id}') ?? '';
    const described = paths[template];
    const { content = {} } = described[method.toLowerCase()].responses[response.statusCode] ?? {};
    const [type = 'application/json', { schema = {} } = {}] =
      Object.entries<{ schema: object }>(content)[0] ?? [];
    if (response.body !== '') {
      expect(String(response.headers['content-type'])).toContain(type);
      const validate = new Ajv({ strict: false }).compile(schema);
      expect(validate(response.json()) ? [] : validate.errors, `${method} ${url}`).toEqual([]);
    }
    return response;
  };
  return {
    ...alerts,
    app: test.app,
    authDir: test.dataDir,
    admin: as({ roles: ['admin'] }),
    viewer: as({}),
    as,
    [Symbol.asyncDispose]: async () => {
      await test[Symbol.asyncDispose]();
      await alerts[Symbol.asyncDispose]();
    },
  };
}
type Platform = Awaited<ReturnType<typeof startPlatform>>;

describe('/api/v1/alerts/rules', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform[Symbol.asyncDispose]());

  it('makes, reads, replaces and deletes a rule; what was read may be sent back', async () => {
    const { admin, viewer } = platform;
    const made = await admin('POST', '/rules', { ...errors, recovery_threshold: 0 });
    expect(made.statusCode).toBe(201);
    const rule = made.json();
    expect(made.headers.location).toBe(`/api/v1/alerts/rules/${rule.id}`);
    expect(rule).toMatchObject({
      ...errors,
      recovery_threshold: 0,
      window_minutes: 5,
      service: null,
      condition: 'error rate above 5 % over 5 min',
      evaluation: { status: 'ok' },
    });
    expect((await viewer('GET', `/rules/${rule.id}`)).json()).toEqual(rule);
    const replaced = await admin('PUT', `/rules/${rule.id}`, { ...rule, threshold: 7, service: 'api' });
    expect(replaced.json()).toMatchObject({
      id: rule.id,
      threshold: 7,
      service: 'api',
      created_at: rule.created_at,
    });
    expect((await viewer('GET', '/rules')).json().map(({ name }: { name: string }) => name)).toEqual([
      'Errors of api',
      'High error rate',
      'Missing trace data',
      'Slow requests',
    ]);
    expect((await admin('DELETE', `/rules/${rule.id}`)).statusCode).toBe(204);
    expect((await admin('GET', `/rules/${rule.id}`)).json()).toMatchObject({ status: 404, field: 'id' });
  });

  it('names the field that is wrong', async () => {
    const { admin } = platform;
    const problem = async (body: object) => {
      const response = await admin('POST', '/rules', body);
      expect(response.headers['content-type']).toContain('application/problem+json');
      return response.json();
    };
    expect(await problem({ ...errors, threshold: 500 })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'threshold',
      came: 500,
      expected: 'a number from 0 to 100 for error_rate',
    });
    expect(await problem({ ...errors, window: 5 })).toMatchObject({ field: 'window' });
    expect(await problem({ ...errors, name: 'Slow requests' })).toMatchObject({ field: 'name' });
    expect(await problem({ ...errors, filter_str: 'a=(' })).toMatchObject({ field: 'filter_str' });
    expect(await problem([])).toMatchObject({ field: 'rule' });
  });

  it('is read by viewers and written by admins', async () => {
    const { viewer, keeper, app } = platform;
    const id = keeper.rules[0]?.id ?? '';
    const refused = [
      await viewer('POST', '/rules', errors),
      await viewer('PUT', `/rules/${id}`, errors),
      await viewer('DELETE', `/rules/${id}`),
      await viewer('POST', `/rules/${id}/silence`, { minutes: 5 }),
      await viewer('DELETE', `/rules/${id}/silence`),
      await viewer('POST', '/notifications/test'),
    ];
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403, 403]);
    expect((await app.inject('/api/v1/alerts')).statusCode).toBe(401);
    expect((await viewer('GET', '')).statusCode).toBe(200);
    expect((await viewer('POST', '/preview', errors)).statusCode).toBe(200);
  });

  it('keeps to the projects of the token', async () => {
    const { admin, as, keeper } = platform;
    const limited = as({ roles: ['admin'], projects: ['mine'] });
    expect((await limited('GET', '/rules')).json()).toEqual([]);
    const own = (await limited('POST', '/rules', errors)).json();
    expect(own.projects).toEqual(['mine']);
    expect((await limited('POST', '/rules', { ...errors, name: 'x', projects: ['theirs'] })).statusCode).toBe(
      403,
    );
    const both = await admin('POST', '/rules', { ...errors, name: 'Both', projects: ['mine', 'theirs'] });
    expect((await limited('DELETE', `/rules/${both.json().id}`)).statusCode).toBe(404);
    expect((await limited('GET', '/rules')).json()).toHaveLength(1);
    expect(keeper.rules).toHaveLength(5);
  });

  it('is silenced for a while', async () => {
    const { admin, keeper } = platform;
    const id = keeper.rules[0]?.id ?? '';
    expect((await admin('POST', `/rules/${id}/silence`, { minutes: 0 })).json()).toMatchObject({
      field: 'minutes',
    });
    const silenced = await admin('POST', `/rules/${id}/silence`, { minutes: 60 });
    expect(silenced.statusCode).toBe(200);
    expect(keeper.rules[0]?.silencedUntilMs).toBeGreaterThan(Date.now());
    expect((await admin('DELETE', `/rules/${id}/silence`)).json().silenced_until).toBeNull();
  });

  it('has at most 200 rules', async () => {
    const { admin, keeper } = platform;
    const [{ rule } = { rule: null }] = keeper.rules;
    if (rule === null) throw new Error('there are rules');
    await Promise.all(
      Array.from({ length: 195 }, (_, index) => keeper.addRule({ ...rule, name: `rule ${index}` })),
    );
    expect((await admin('POST', '/rules', errors)).json()).toMatchObject({ status: 400, field: 'rules' });
  });
});

describe('/api/v1/alerts', () => {
  it('tells what fires, with its value, its course and the way to the traces', async () => {
    await using platform = await startPlatform();
    const { viewer, store, evaluateAt, app, admin } = platform;
    for (let minute = T0 - 70; minute < T0 + 10; minute++) {
      store.set('api', minute, 100, minute >= T0 ? 50 : 0);
      store.set('web', minute, 100);
    }
    for (const minute of [0, 1, 2, 3, 4, 5]) await evaluateAt(T0 + minute);
    const answer = (await viewer('GET', '?state=firing')).json();
    expect(answer).toMatchObject({ counts: { firing: 1, pending: 0, ok: 5 }, failing_rules: 0, targets: [] });
    const [alert] = answer.alerts;
    expect(alert).toMatchObject({
      rule: 'High error rate',
      service: 'api',
      state: 'firing',
      value: 50,
      value_text: '50 %',
      threshold_text: '5 %',
      condition: 'error rate above 5 % over 5 min, for 2 min',
      since: new Date((T0 + 3) * 60_000).toISOString(),
    });
    expect(alert.values).toHaveLength(60);
    const link = new URL(alert.link, 'http://viewer');
    expect(link.searchParams.get('q')).toBe(
      'span{ service=api (kind=server OR kind=consumer) status=error }',
    );
    expect(link.searchParams.get('to')).toBe(new Date((T0 + 5) * 60_000).toISOString());
    expect((await viewer('GET', '?limit=1')).json().alerts).toHaveLength(1);
    expect((await viewer('GET', '/history')).json()).toMatchObject([
      { rule: 'High error rate', service: 'api', resolved_at: null, peak_text: '50 %' },
    ]);
    const metrics = (await app.inject('/metrics')).body;
    expect(metrics).toContain('utxoiq_alerts_firing{rule="High error rate",severity="critical"} 1');
    expect(metrics).toContain('utxoiq_alerts_firing{rule="Slow requests",severity="warning"} 0');
    expect(metrics).toMatch(/utxoiq_alerts_evaluations_total 18\n/);
    expect((await admin('POST', '/notifications/test')).json()).toEqual([]);
  });

  it('previews a rule without keeping it', async () => {
    await using platform = await startPlatform();
    const { viewer, store, keeper, clock } = platform;
    store.set('api', T0 - 100, 100, 50);
    clock.minute = T0;
    const preview = (await viewer('POST', '/preview', errors)).json();
    expect(preview).toMatchObject({
      fired: 1,
      step_ms: 60_000,
      shown: [
        { service: 'api', fired: 1, episodes: [{ start_time: new Date((T0 - 99) * 60_000).toISOString() }] },
      ],
    });
    expect(keeper.rules).toHaveLength(3);
  });

  it('is answered by the process that evaluates, where another one is asked', async () => {
    await using platform = await startPlatform();
    const url = await platform.app.listen({ host: '127.0.0.1', port: 0 });
    const environment = { DATA_DIR: platform.authDir, ALERTS: 'another-host', ALERTS_URL: url };
    const other = await appForThisTest(memorySource([]), { environment });
    const ask = async (
      role: 'viewer' | 'admin',
      options: { method?: 'POST'; url?: string; payload?: object },
    ) =>
      other.app.inject({
        headers: { authorization: `Bearer ${await other.token({ roles: [role] })}` },
        ...options,
        url: `/api/v1/alerts${options.url ?? ''}`,
      });
    expect((await ask('viewer', {})).json()).toMatchObject({ counts: { firing: 0 } });
    const made = await ask('admin', { method: 'POST', url: '/rules', payload: errors });
    expect(made.statusCode).toBe(201);
    expect(made.headers.location).toBe(`/api/v1/alerts/rules/${made.json().id}`);
    const refused = await ask('viewer', { method: 'POST', url: '/rules', payload: errors });
    expect(refused.json()).toMatchObject({ status: 403 });
    const wrong = await ask('admin', {
      method: 'POST',
      url: '/rules',
      payload: { ...errors, threshold: -1 },
    });
    expect(wrong.json()).toMatchObject({ status: 400, field: 'threshold' });
    expect(platform.keeper.rules).toHaveLength(4);
    await platform.app.close();
    expect((await ask('viewer', {})).json()).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  });

  it('says where it is not supported, and why', async () => {
    const google = await appForThisTest(memorySource([]));
    const off = await appForThisTest(memorySource([]), { environment: { ALERTS: 'off' } });
    const ask = async (test: typeof google) =>
      (
        await test.app.inject({
          url: '/api/v1/alerts',
          headers: { authorization: `Bearer ${await test.token()}` },
        })
      ).json();
    expect(await ask(google)).toMatchObject({ status: 501, detail: expect.stringContaining('sample') });
    expect(await ask(off)).toMatchObject({ status: 501, detail: expect.stringContaining('(ALERTS)') });
  });
});
