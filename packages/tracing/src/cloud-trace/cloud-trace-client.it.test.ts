import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusal, send, startGoogleStandIn } from '../../test/google-stand-in.ts';
import { CloudTraceClient, type CloudTraceClientOptions } from './cloud-trace-client.ts';
import { CloudTraceReader } from './cloud-trace-reader.ts';

const id = (digit: string) => digit.repeat(32);
const span = (spanId: string, more: object = {}) => ({
  spanId,
  name: `/${spanId}`,
  startTime: '2026-11-22T10:00:00.000000001Z',
  endTime: '2026-11-22T10:00:01Z',
  ...more,
});
const range = { startUnixNano: 1n, endUnixNano: 2n };
const now = Date.parse('2026-11-22T11:00:00Z');

let google: Awaited<ReturnType<typeof startGoogleStandIn>>;
beforeAll(async () => {
  google = await startGoogleStandIn();
});
afterAll(() => google.stop());
beforeEach(() => {
  google.traces.clear();
  google.requests.length = 0;
  google.faults.length = 0;
  Object.assign(google.state, { spent: 0, apiEnabled: true, mayRead: true });
});

/** Time passes only while the client sleeps. */
function client(options: CloudTraceClientOptions = {}) {
  let time = now;
  const sleeps: number[] = [];
  const reader = new CloudTraceClient({
    projectId: 'prod',
    endpoint: google.url,
    auth: {
      getRequestHeaders: async () =>
        new Headers({ authorization: 'Bearer good', 'x-goog-user-project': 'q' }),
      getProjectId: async () => 'prod',
    },
    clock: {
      now: () => time,
      async sleep(ms) {
        sleeps.push(ms);
        time += ms;
        if (ms >= 1000) google.state.spent = 0;
      },
    },
    ...options,
  });
  return { reader, sleeps };
}
const code = async (promise: Promise<unknown>) => {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
};

describe('CloudTraceClient', () => {
  it('reads a trace with types, kinds and status, and ignores fields it does not know', async () => {
    google.traces.set(id('a'), [
      span('18446744073709551615', {
        kind: 'RPC_CLIENT',
        parentSpanId: '1',
        startTime: '2026-11-22T10:00:00.5Z',
        labels: {
          'service.name': 'web-api',
          'http.response.status_code': '503',
          '/http/status_code': '503',
          'cache.hit': 'false',
          'order.id': '0012',
          'g.co/status/code': '2',
          'g.co/status/description': 'gone',
        },
      }),
      span('1'),
    ]);
    const spans = await client().reader.getTrace(id('A'));
    expect(spans?.map(({ spanId }) => spanId)).toEqual(['0000000000000001', 'ffffffffffffffff']);
    expect(spans?.[0]?.startUnixNano).toBe(1795341600000000001n);
    expect(spans?.[1]).toMatchObject({ kind: 3, status: { code: 2, message: 'gone' } });
    expect(spans?.[1]?.resource.attributes.get('service.name')).toBe('web-api');
    expect(Object.fromEntries(spans?.[1]?.attributes ?? [])).toEqual({
      'http.response.status_code': 503n,
      'cache.hit': false,
      'order.id': '0012',
    });
    expect(await client().reader.getTrace(id('b'))).toBeNull();
  });

  it('takes credentials of both header shapes', async () => {
    google.traces.set(id('a'), [span('1')]);
    const shapes = [
      { authorization: 'Bearer good' },
      new Headers({ authorization: 'Bearer good' }),
      { entries: () => Object.entries({ authorization: 'Bearer good' })[Symbol.iterator]() },
    ];
    for (const headers of shapes) {
      const auth = { getRequestHeaders: async () => headers as Headers, getProjectId: async () => 'prod' };
      const { reader } = client({ auth });
      expect(await reader.getTrace(id('a'))).toHaveLength(1);
    }
  });

  it('pages through lists with the parameters of v1', async () => {
    for (let index = 0; index < 150; index++)
      google.traces.set(index.toString(16).padStart(32, '0'), [span('1')]);
    const { reader } = client();
    const first = await reader.listTraces({
      ...range,
      filter: '+root:/1 latency:1s',
      orderBy: 'duration desc',
      pageSize: 1000,
    });
    expect(first.traces).toHaveLength(100);
    const second = await reader.listTraces({ ...range, pageToken: first.nextPageToken ?? '' });
    expect([second.traces.length, second.nextPageToken]).toEqual([50, null]);
    const parameters = new URL(google.requests[0]?.url ?? '').searchParams;
    expect(Object.fromEntries(parameters)).toMatchObject({
      view: 'COMPLETE',
      filter: '+root:/1 latency:1s',
      orderBy: 'duration desc',
      pageSize: '100',
    });
  });

  it('asks once for a trace that is complete, again for one that may grow', async () => {
    google.traces.set(id('a'), [span('1')]);
    google.traces.set(id('b'), [span('1', { endTime: '2026-11-22T10:58:00Z' })]);
    const { reader } = client();
    for (const trace of ['a', 'a', 'b', 'b']) await reader.getTrace(id(trace));
    expect(google.requests).toHaveLength(3);
    await reader.listTraces(range);
    await reader.getTrace(id('a'));
    expect(google.requests).toHaveLength(4);
  });

  it('tries again what is temporary, as late as it is told', async () => {
    google.traces.set(id('a'), [span('1')]);
    const unavailable = refusal({ code: 503, status: 'UNAVAILABLE', message: 'later' });
    google.faults.push(
      (response) => send(response, 503, unavailable),
      (response) => send(response, 429, unavailable, { 'retry-after': '7' }),
      (response) => response.destroy(),
    );
    const { reader, sleeps } = client();
    expect(await reader.getTrace(id('a'))).toHaveLength(1);
    expect(sleeps).toHaveLength(3);
    expect(sleeps[1]).toBeGreaterThanOrEqual(7000);
  });

  it('gives up at its deadline, and at once for what will not change', async () => {
    const unavailable = refusal({ code: 503, status: 'UNAVAILABLE', message: 'later' });
    for (let count = 0; count < 50; count++)
      google.faults.push((response) => send(response, 503, unavailable));
    expect(await code(client({ timeoutMs: 60_000 }).reader.getTrace(id('a')))).toMatch(
      /^READ_FAILED: .*later; try again later/,
    );
    google.faults.length = 0;
    google.requests.length = 0;
    expect(await code(client().reader.listTraces({ ...range, filter: 'a:b OR c:d' }))).toMatch(
      /^READ_REFUSED: Google answered 400 INVALID_ARGUMENT: Invalid filter/,
    );
    for (const limits of [{ attemptTimeoutMs: 20, timeoutMs: 60_000 }, { timeoutMs: 50 }, { timeoutMs: 0 }]) {
      // Whoever does not answer never does: whichever limit ends it, that is what is said.
      for (let count = 0; count < 500; count++) google.faults.push(() => undefined);
      expect(await code(client(limits).reader.getTrace(id('a')))).toMatch(
        /^READ_FAILED: .*no answer in time/,
      );
      google.faults.length = 0;
    }
  });

  it('stays inside the quota, and says so where it cannot wait', async () => {
    const patient = client({ timeoutMs: 120_000 });
    for (let count = 0; count < 13; count++) await patient.reader.listTraces(range);
    expect(patient.sleeps).toEqual([60_000]);
    google.state.spent = 0;
    const hurried = client();
    for (let count = 0; count < 12; count++) await hurried.reader.listTraces(range);
    expect(await code(hurried.reader.listTraces(range))).toMatch(/^QUOTA_EXCEEDED: .*60 s until 25 are free/);
    expect(google.requests).toHaveLength(25);
  });

  it('passes on what Google says, with the next step', async () => {
    const denied = (change: object) => {
      Object.assign(google.state, change);
      return code(client().reader.getTrace(id('a')));
    };
    expect(await denied({ apiEnabled: false })).toMatch(
      /^API_NOT_ENABLED: .*gcloud services enable cloudtrace.googleapis.com --project prod/,
    );
    expect(await denied({ apiEnabled: true, mayRead: false })).toMatch(
      /^PERMISSION_DENIED: .*roles\/cloudtrace.user/,
    );
    const auth = (token: string) => ({
      getRequestHeaders: async () =>
        token === '' ? Promise.reject(new Error('none')) : { authorization: token },
      getProjectId: async () => 'prod',
    });
    expect(await code(client({ auth: auth('Bearer old') }).reader.getTrace(id('a')))).toMatch(
      /^CREDENTIALS_MISSING/,
    );
    expect(await code(client({ auth: auth('') }).reader.getTrace(id('a')))).toMatch(
      /^CREDENTIALS_MISSING: .*gcloud auth application-default login/,
    );
    expect(await code(client().reader.getTrace('zz'))).toMatch(/^BAD_OPTION/);
  });

  it.each([
    [
      'a wrong project',
      "Permission 'cloudtrace.traces.get' denied on resource '//cloudresourcemanager.googleapis.com/projects/prod' (or it may not exist).",
      'IAM_PERMISSION_DENIED',
      /^PERMISSION_DENIED: .*if the project is right, grant it: .*roles\/cloudtrace.user/,
    ],
    [
      'a project that is gone',
      "Project 'prod' not found or deleted.",
      'CONSUMER_INVALID',
      /^PERMISSION_DENIED: .*check the project id, prod/,
    ],
    [
      'credentials of a user without quota project',
      'Your application is authenticating by using local Application Default Credentials. The cloudtrace.googleapis.com API requires a quota project, which is not set by default.',
      'SERVICE_DISABLED',
      /^PERMISSION_DENIED: .*gcloud auth application-default set-quota-project prod/,
    ],
    [
      'a quota project of others',
      'Caller does not have required permission to use project other.',
      'USER_PROJECT_DENIED',
      /^PERMISSION_DENIED: .*roles\/serviceusage.serviceUsageConsumer/,
    ],
  ])('tells %s from a role that lacks', async (_what, message, reason, expected) => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }];
    const body = { error: { code: 403, status: 'PERMISSION_DENIED', message, details } };
    google.faults.push((response) => send(response, 403, body));
    expect(await code(client().reader.getTrace(id('a')))).toMatch(expected);
  });

  it('gives the SDK its traces in the names of the monitoring API', async () => {
    google.traces.set(id('a'), [span('1', { labels: { 'http.response.status_code': '200' } })]);
    const sdk = new CloudTraceReader(client().reader);
    expect(await sdk.getTrace(id('a'))).toMatchObject({
      trace_id: id('a'),
      project_id: 'prod',
      span_count: 1,
      spans: [
        {
          span_id: '0000000000000001',
          parent_span_id: null,
          attributes: { 'http.response.status_code': 200 },
        },
      ],
    });
    const list = await sdk.listTraces({ startTime: 0, endTime: '2026-11-22T12:00:00Z' });
    expect([...list]).toEqual([{ trace_id: id('a'), project_id: 'prod', span_count: 1 }]);
    expect(await code(sdk.getTrace(id('c')))).toMatch(/^TRACE_NOT_FOUND/);
  });
});
