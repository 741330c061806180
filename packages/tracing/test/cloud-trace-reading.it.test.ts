import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CloudTraceClient } from '../src/cloud-trace/cloud-trace-client.ts';
import { TracingService } from '../src/tracing-service.ts';
import { refusal, send, startGoogleStandIn } from './google-stand-in.ts';

// TracingService.getTrace and listTraces with TRACE_SOURCE=cloud-trace, down to the wire: google-auth-library with a
// key file whose universe is not Google's signs its tokens itself and asks nobody.
const id = (digit: string) => digit.repeat(32);
const span = (spanId: string, more: object = {}) => ({
  spanId,
  name: `/${spanId}`,
  startTime: '2020-11-22T10:00:00Z',
  endTime: '2020-11-22T10:00:01Z',
  ...more,
});
const range = { startTime: '2026-11-22T00:00:00Z', endTime: '2026-11-23T00:00:00Z' };
const directory = mkdtempSync(join(tmpdir(), 'cloud-trace-reading-'));
const keyFile = join(directory, 'key.json');

let google: Awaited<ReturnType<typeof startGoogleStandIn>>;
let tracing: TracingService;

beforeAll(async () => {
  google = await startGoogleStandIn({ acceptsToken: (token) => token.split('.').length === 3 });
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const account = {
    type: 'service_account',
    project_id: 'prod',
    private_key_id: 'k',
    private_key: privateKey,
    client_email: 'reader@prod.iam.test.local',
    client_id: '1',
    universe_domain: 'test.local',
  };
  writeFileSync(keyFile, JSON.stringify(account));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await google.stop();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  google.traces.clear();
  google.requests.length = 0;
  google.faults.length = 0;
  Object.assign(google.state, { spent: 0, apiEnabled: true, mayRead: true });
  vi.stubEnv('TRACE_SOURCE', 'cloud-trace');
  vi.stubEnv('CLOUD_TRACE_ENDPOINT', google.url);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', keyFile);
  tracing = new TracingService({ projectId: 'prod', serviceName: 'reader' });
});

const failure = async (promise: Promise<unknown>): Promise<{ code?: string; message: string }> =>
  promise.then(
    () => ({ message: 'no error' }),
    (error: Error) => error,
  );

describe('TracingService over Google', () => {
  it('reads a trace, and keeps it once it is complete', async () => {
    google.traces.set(id('a'), [
      span('1', { labels: { 'cache.hit': 'true' } }),
      span('2', { parentSpanId: '1' }),
    ]);
    const trace = await tracing.getTrace(id('A'));
    expect(trace).toMatchObject({
      trace_id: id('a'),
      project_id: 'prod',
      span_count: 2,
      spans: [{ span_id: '0000000000000001', attributes: { 'cache.hit': true } }, { name: '/2' }],
    });
    expect(await tracing.getTrace(id('a'))).toEqual(trace);
    expect(google.requests).toHaveLength(1);
    expect(google.requests[0]?.headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(google.requests[0]?.url).toMatch(`/v1/projects/prod/traces/${id('a')}`);
  });

  it('pages through a list', async () => {
    for (let index = 1; index <= 5; index++) google.traces.set(String(index).padStart(32, '0'), [span('1')]);
    const options = { ...range, filter: '+root:/1', orderBy: 'duration desc' as const, pageSize: 2 };
    const ids: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await tracing.listTraces({
        ...options,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      ids.push(...page.map(({ trace_id }) => trace_id));
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(ids.map(Number)).toEqual([1, 2, 3, 4, 5]);
    const asked = google.requests.map(({ url }) => new URL(url).searchParams);
    expect(asked.map((query) => query.get('pageToken'))).toEqual([null, '2', '4']);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      view: 'COMPLETE',
      filter: '+root:/1',
      orderBy: 'duration desc',
      pageSize: '2',
      startTime: '2026-11-22T00:00:00Z',
    });
  });

  it('passes on what Google refuses, with the next step', async () => {
    expect(await failure(tracing.getTrace(id('c')))).toMatchObject({ code: 'TRACE_NOT_FOUND' });
    google.state.apiEnabled = false;
    expect(await failure(tracing.getTrace(id('c')))).toMatchObject({
      code: 'API_NOT_ENABLED',
      message: expect.stringContaining('gcloud services enable cloudtrace.googleapis.com --project prod'),
    });
    Object.assign(google.state, { apiEnabled: true, mayRead: false });
    expect(await failure(tracing.listTraces(range))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('roles/cloudtrace.user'),
    });
    google.state.mayRead = true;
    expect(await failure(tracing.listTraces({ ...range, filter: 'a:b OR c:d' }))).toMatchObject({
      code: 'READ_REFUSED',
      message: expect.stringContaining('Invalid filter.'),
    });
    expect(await failure(tracing.listTraces({ ...range, startTime: 'soon' }))).toMatchObject({
      code: 'BAD_OPTION',
    });
  });

  it('asks again where that helps', async () => {
    google.traces.set(id('a'), [span('1')]);
    const unavailable = refusal({ code: 503, status: 'UNAVAILABLE', message: 'later' });
    google.faults.push((response) => send(response, 503, unavailable));
    expect(await tracing.getTrace(id('a'))).toMatchObject({ span_count: 1 });
    expect(google.requests).toHaveLength(2);
  });
});

describe('CloudTraceClient', () => {
  it('asks for the token at each attempt, so one that was renewed meanwhile is used', async () => {
    google.traces.set(id('a'), [span('1')]);
    const tokens = ['old.old.old', 'new.new.new'];
    const reader = new CloudTraceClient({
      projectId: 'prod',
      endpoint: google.url,
      backOffMs: 1,
      auth: { getRequestHeaders: async () => ({ Authorization: `Bearer ${tokens.shift()}` }) },
    });
    google.faults.push((response) => response.destroy());
    expect(await reader.getTrace(id('a'))).toHaveLength(1);
    expect(google.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old.old.old',
      'Bearer new.new.new',
    ]);
  });

  it('counts what lists cost, not how many there are: twelve a minute, or three hundred traces', async () => {
    google.traces.set(id('a'), [span('1', { endTime: '2026-11-22T12:00:00Z' })]);
    const spent: string[] = [];
    const reader = new CloudTraceClient({
      projectId: 'prod',
      endpoint: google.url,
      auth: { getRequestHeaders: async () => ({ authorization: 'Bearer good' }) },
      // Time stands still: what would have to wait is refused.
      clock: {
        now: () => Date.parse('2026-11-22T12:00:00Z'),
        sleep: async () => Promise.reject(new Error('it slept')),
      },
    });
    const nanos = { startUnixNano: 1n, endUnixNano: 2n };
    for (let count = 0; count < 11; count++) await reader.listTraces(nanos).then(() => spent.push('list'));
    for (let count = 0; count < 25; count++) await reader.getTrace(id('a')).then(() => spent.push('get'));
    expect(spent).toHaveLength(36);
    expect(await failure(reader.getTrace(id('a')))).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(google.requests).toHaveLength(36);
    expect(google.state.spent).toBe(300);
  });

  it('believes a 429 as long as there is time, and then says that it is the quota', async () => {
    const spent = refusal({ code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' });
    const sleeps: number[] = [];
    let now = Date.parse('2026-11-22T12:00:00Z');
    const reader = new CloudTraceClient({
      projectId: 'prod',
      endpoint: google.url,
      auth: { getRequestHeaders: async () => ({ authorization: 'Bearer good' }) },
      clock: {
        now: () => now,
        async sleep(ms) {
          sleeps.push(ms);
          now += ms;
        },
      },
    });
    google.faults.push(
      (response) => send(response, 429, spent, { 'retry-after': '10' }),
      (response) => send(response, 429, spent, { 'retry-after': '10' }),
      (response) => send(response, 429, spent, { 'retry-after': '10' }),
    );
    expect(await failure(reader.getTrace(id('a')))).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: expect.stringContaining('a list costs 25'),
    });
    expect(sleeps).toEqual([10_000, 10_000]);
  });
});
