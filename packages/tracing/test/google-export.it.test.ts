import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { GoogleAuth as GoogleAuth9 } from 'google-auth-v9';
import { GoogleAuth as GoogleAuth11 } from 'google-auth-v11';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TracingService } from '../src/index.ts';
import { type DecodedScopeSpans, decodeOtlp } from './decode-otlp.ts';

const SCOPES = ['https://www.googleapis.com/auth/trace.append'];
const open: http.Server[] = [];

async function listen(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
beforeEach(() => {
  // Nothing of the machine's own account may get in.
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  // The library would start gcloud to find one out.
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'of-the-library');
  vi.stubEnv('HOME', '/nonexistent');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Google's metadata server: `token` is counted, so that each renewal shows. */
async function metadataServer(values: Record<string, string>, expiresInS = 3600) {
  const asked: string[] = [];
  const host = await listen((request, response) => {
    const path = (request.url ?? '').replace('/computeMetadata/v1/', '').replace(/\?.*/, '');
    asked.push(path);
    response.setHeader('metadata-flavor', 'Google');
    if (path.endsWith('/token')) {
      const access_token = `token-${asked.filter((one) => one === path).length}`;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token, expires_in: expiresInS, token_type: 'Bearer' }));
      return;
    }
    const value = values[path];
    response.setHeader('content-type', 'application/text');
    response.writeHead(value === undefined ? 404 : 200).end(value ?? '');
  });
  vi.stubEnv('GCE_METADATA_HOST', host);
  return { host, asked };
}

const refusal = (code: number, status: string, message: string) =>
  JSON.stringify({ error: { code, status, message } });

/** The Telemetry API: refuses what Google refuses, `first` before anything else. */
async function telemetryApi(first: [status: number, body: string][] = []) {
  const spans: DecodedScopeSpans[] = [];
  const tokens: string[] = [];
  const quotaProjects: (string | undefined)[] = [];
  const host = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = (status: number, body = '') =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    const { authorization = '' } = request.headers;
    tokens.push(authorization);
    const quota = request.headersDistinct['x-goog-user-project'] ?? [];
    quotaProjects.push(...quota);
    const told = first.shift();
    if (told !== undefined) return answer(...told);
    if (!authorization.startsWith('Bearer token-')) {
      return answer(403, refusal(403, 'PERMISSION_DENIED', "Method doesn't allow unregistered callers"));
    }
    if (quota.length > 1) return answer(400, refusal(400, 'INVALID_ARGUMENT', 'more than one quota project'));
    const decoded = decodeOtlp(Buffer.concat(chunks));
    if (decoded.some(({ resource }) => !('gcp.project_id' in resource))) {
      return answer(400, refusal(400, 'INVALID_ARGUMENT', 'resource is missing gcp.project_id'));
    }
    spans.push(...decoded);
    return answer(200);
  });
  return { url: `http://${host}`, spans, tokens, quotaProjects };
}

async function service(endpoint: string, options = {}, env: Record<string, string> = {}) {
  const problems: { code: string; message: string; nextStep: string }[] = [];
  const tracing = new TracingService(
    {
      endpoint,
      flushOnExit: false,
      stopTimeoutMs: 5000,
      onProblem: (problem) => problems.push(problem),
      ...options,
    },
    {
      GCE_METADATA_HOST: process.env.GCE_METADATA_HOST,
      METADATA_SERVER_DETECTION: process.env.METADATA_SERVER_DETECTION,
      ...env,
    },
  );
  await tracing.start();
  const make = async () => {
    tracing.getTracer('test').startSpan('span').end();
    return tracing.flush(5000);
  };
  return { tracing, make, problems };
}

const MAJORS = [
  ['9', () => new GoogleAuth9({ scopes: SCOPES })],
  ['11', () => new GoogleAuth11({ scopes: SCOPES })],
] as const;

describe.each(MAJORS)('export to Google with google-auth-library %s', (_major, makeAuth) => {
  it('authorises, names the project and the resource, and asks for one token only', async () => {
    const { asked } = await metadataServer({
      instance: '',
      'project/project-id': 'found-project',
      'instance/region': 'projects/1/regions/europe-west1',
      'instance/id': 'i-7',
    });
    const { url, spans, tokens } = await telemetryApi();
    const { tracing, make, problems } = await service(
      url,
      { google: { auth: makeAuth() } },
      { K_SERVICE: 'web-api', K_REVISION: 'web-api-7' },
    );
    for (let i = 0; i < 3; i++) await make();
    await tracing.stop();
    expect(problems).toEqual([]);
    expect(spans).toHaveLength(3);
    expect(tokens).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-1']);
    expect(asked.filter((path) => path.endsWith('/token'))).toHaveLength(1);
    expect(spans[0]?.resource).toMatchObject({
      'service.name': 'web-api',
      'gcp.project_id': 'found-project',
      'cloud.platform': 'gcp_cloud_run',
      'cloud.region': 'europe-west1',
      'faas.name': 'web-api',
      'faas.version': 'web-api-7',
      'faas.instance': 'i-7',
    });
    expect(tracing.metrics()).toMatchObject({ spansStarted: 3, spansExported: 3 });
  });

  it('gets a new token before the old one runs out', async () => {
    await metadataServer({ instance: '', 'project/project-id': 'p' }, 1);
    const { url, tokens } = await telemetryApi();
    const { tracing, make } = await service(url, { google: { auth: makeAuth() }, projectId: 'p' });
    await make();
    await make();
    await tracing.stop();
    expect(new Set(tokens).size).toBe(2);
  });

  it('sends one quota project, whoever else names it', async () => {
    await metadataServer({ instance: '', 'project/project-id': 'p' });
    vi.stubEnv('GOOGLE_CLOUD_QUOTA_PROJECT', 'billing');
    const { url, quotaProjects, spans } = await telemetryApi();
    const { tracing, make } = await service(
      url,
      { google: { auth: makeAuth() }, projectId: 'p' },
      { OTEL_EXPORTER_OTLP_HEADERS: 'X-Goog-User-Project=other' },
    );
    await make();
    await tracing.stop();
    expect(spans).toHaveLength(1);
    expect(quotaProjects).toEqual(['billing']);
  });
});

describe('refusals of Google', () => {
  const auth = { getRequestHeaders: async () => ({ Authorization: 'Bearer token-x' }) };
  const DISABLED = 'Telemetry API has not been used in project 1 before or it is disabled.';

  it.each([
    [
      'a disabled API',
      [403, refusal(403, 'PERMISSION_DENIED', DISABLED)],
      'gcloud services enable telemetry',
    ],
    [
      'a missing role',
      [403, refusal(403, 'PERMISSION_DENIED', 'The caller does not have permission')],
      'roles/telemetry.tracesWriter',
    ],
    [
      'a quota project that may not be used',
      [403, refusal(403, 'PERMISSION_DENIED', 'Grant serviceusage.services.use on the quota project')],
      'GOOGLE_CLOUD_QUOTA_PROJECT',
    ],
    [
      'a wrong project',
      [400, refusal(400, 'INVALID_ARGUMENT', 'gcp.project_id names no project')],
      'Set GCP_PROJECT_ID',
    ],
  ])('%s comes with the next step', async (_name, told, expected) => {
    const { url } = await telemetryApi([told as [number, string]]);
    const { tracing, make, problems } = await service(
      url,
      { google: { auth }, projectId: 'utxoiq-prod' },
      { METADATA_SERVER_DETECTION: 'none' },
    );
    await make();
    await tracing.stop();
    expect(problems).toMatchObject([{ code: 'REFUSED' }]);
    expect(problems[0]?.nextStep).toContain(expected);
    expect(problems[0]?.nextStep.includes('utxoiq-prod') || !expected.includes('gcloud')).toBe(true);
  });

  it('a token that is refused once is asked for again; twice is reported', async () => {
    const expired: [number, string] = [401, refusal(401, 'UNAUTHENTICATED', 'token expired')];
    const { url, spans } = await telemetryApi([expired]);
    const options = { google: { auth }, projectId: 'p' };
    const once = await service(url, options, { METADATA_SERVER_DETECTION: 'none' });
    await once.make();
    await once.tracing.stop();
    expect(spans).toHaveLength(1);
    const refusing = await telemetryApi([expired, expired]);
    const twice = await service(refusing.url, options, { METADATA_SERVER_DETECTION: 'none' });
    await twice.make();
    await twice.tracing.stop();
    expect(twice.tracing.metrics().spansDroppedRejected).toBe(1);
    expect(twice.problems.at(-1)?.nextStep).toContain('gcloud auth application-default login');
  });

  it('spans wait for credentials that are missing at first', async () => {
    const { url, spans } = await telemetryApi();
    let ready = false;
    const slow = {
      getRequestHeaders: async () => {
        if (!ready) throw new Error('Could not load the default credentials');
        return new Headers({ authorization: 'Bearer token-x' });
      },
    };
    const { tracing, make, problems } = await service(
      url,
      { google: { auth: slow }, projectId: 'p' },
      { METADATA_SERVER_DETECTION: 'none' },
    );
    const sent = make();
    await expect.poll(() => problems.length).toBe(1);
    expect(problems[0]).toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('Could not load the default credentials'),
      nextStep: expect.stringContaining('gcloud auth application-default login'),
    });
    ready = true;
    expect(await sent).toBe(true);
    await tracing.stop();
    expect(spans).toHaveLength(1);
  });
});

describe('settings of Google', () => {
  const google = (options: object, env = {}) => new TracingService(options, env).settings.google;

  it('is chosen by the endpoint, unless something else authorises', () => {
    const endpoint = 'https://telemetry.googleapis.com';
    expect(google({ endpoint })).toMatchObject({ url: `${endpoint}/v1/traces` });
    expect(google({}, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).not.toBeNull();
    expect(google({ endpoint: 'https://telemetry.europe-west1.rep.googleapis.com' })).not.toBeNull();
    expect(google({ endpoint, google: false })).toBeNull();
    expect(google({ endpoint, headers: { Authorization: 'Bearer x' } })).toBeNull();
    expect(google({ endpoint: 'https://telemetry.googleapis.com.evil.example' })).toBeNull();
    expect(google({})).toBeNull();
    expect(google({ google: true })).toMatchObject({ url: null, metadataHost: 'metadata.google.internal' });
  });

  it('goes to the universe of the credentials', async () => {
    const auth = {
      getRequestHeaders: async () => ({}),
      getUniverseDomain: async () => 'trace.invalid',
    };
    const { tracing, make, problems } = await service(
      undefined as never,
      {
        google: { auth },
        endpoint: undefined,
        projectId: 'p',
        stopTimeoutMs: 100,
      },
      { METADATA_SERVER_DETECTION: 'none' },
    );
    void make();
    await expect.poll(() => problems[0]?.message).toContain('https://telemetry.trace.invalid/v1/traces');
    await tracing.stop();
  });

  it('start does not wait for a metadata server that hangs', async () => {
    const host = await listen(() => {});
    const auth = { getRequestHeaders: async () => ({}), getProjectId: () => new Promise<string>(() => {}) };
    const { tracing } = await service(
      'http://127.0.0.1:1',
      { google: { auth }, stopTimeoutMs: 10 },
      { GCE_METADATA_HOST: host, METADATA_SERVER_DETECTION: '' },
    );
    await tracing.stop();
  });
});
