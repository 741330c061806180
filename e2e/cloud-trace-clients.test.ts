import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TracingService } from '@utxoiq/tracing';
import { CloudTraceClient } from '@utxoiq/tracing/cloud-trace';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { hasClientPrograms } from '../scripts/setup/client-programs.mjs';
import { cloudTraceEnvironment } from '../services/web-api/src/cloud-trace/local/environment.ts';
import { openLocalCloud } from '../services/web-api/src/cloud-trace/local/local-cloud.ts';
import { writeTrustFile } from '../services/web-api/src/cloud-trace/local/trust-file.ts';
import { startPlatform } from '../services/web-api/test/cloud-trace/platform.ts';

// Programs that nobody here wrote (fixtures/clients), each in a process of its own, with the environment that
// `npm run cloud-trace -- env` prints, or with the address that they can be given.
const run = promisify(execFile);
const clients = fileURLToPath(new URL('fixtures/clients/', import.meta.url));
const areInstalled = hasClientPrograms(fileURLToPath(new URL('..', import.meta.url)));
const project = 'test-project';
const traceId = (name: string) => Buffer.from(name.padEnd(16, '.')).toString('hex');

let platform: Awaited<ReturnType<typeof startPlatform>>;
let environment: Record<string, string>;

beforeAll(async () => {
  if (!areInstalled) return;
  platform = await startPlatform();
  const cloud = await openLocalCloud(platform.dataDir, project);
  const where = { host: '127.0.0.1', port: platform.port };
  const trustPath = writeTrustFile(cloud);
  environment = Object.fromEntries(
    cloudTraceEnvironment({ cloud, trustPath, projectId: project, ...where }).map(([name, value]) => [
      name,
      value,
    ]),
  );
});
afterAll(() => platform?.stop());

async function program(file: string, variables: Record<string, string>, signal?: AbortSignal) {
  const { stdout } = await run(process.execPath, ['--no-deprecation', file], {
    cwd: clients,
    env: { PATH: process.env.PATH ?? '', ...variables },
    signal,
    timeout: 150_000,
  });
  return stdout === '' ? null : JSON.parse(stdout);
}

// biome-ignore lint/suspicious/noExplicitAny: the expectations say what an answer looks like
async function read(path: string): Promise<any> {
  const response = await fetch(`${platform.url}${path}`, {
    headers: { authorization: `Bearer ${platform.viewer}` },
  });
  return response.ok ? response.json() : null;
}

async function readTrace(id: string, spanCount: number): ReturnType<typeof read> {
  for (let attempt = 0; attempt < 1800; attempt++) {
    const trace = await read(`/api/v1/monitoring/traces/${id}`);
    if (trace !== null && trace.span_count >= spanCount) return trace;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`trace ${id} did not arrive`);
}

const withoutClients = areInstalled
  ? ''
  : ' (skipped: cd e2e/fixtures/clients && npm ci --ignore-scripts brings them)';

describe.skipIf(!areInstalled)(`programs that nobody here wrote${withoutClients}`, () => {
  const written = async (variables: Record<string, string>) => {
    const { traceId: id, spanId, results } = await program('exporter.mjs', variables);
    expect(results).toEqual([{ code: 0 }, { code: 0 }]);
    const trace = await readTrace(id, 2);
    const spanNamed = (name: string) => trace.spans.find((span: { name: string }) => span.name === name);
    const [root, child] = [spanNamed('checkout'), spanNamed('charge')];
    expect(root).toMatchObject({ name: 'checkout', kind: 'server', span_id: spanId, parent_span_id: null });
    expect(root.attributes).toMatchObject({ '/http/method': 'POST', items: 3, paid: true, ratio: 2 });
    expect(child).toMatchObject({
      name: 'charge',
      kind: 'client',
      parent_span_id: spanId,
      status: { code: 2, message: 'declined' },
    });
    expect(child.events[0]).toMatchObject({ name: 'declined', attributes: { reason: 'limit' } });
    const list = await read(
      `/v1/projects/${project}/traces?view=ROOTSPAN&filter=%2Broot:checkout%20method:POST`,
    );
    expect(list.traces.some((item: { traceId: string }) => item.traceId === id)).toBe(true);
  };

  it("run with environment variables alone: Google's exporter, with a key file", async () => {
    const { GCE_METADATA_HOST: _, ...variables } = environment;
    await written(variables);
  });

  it("run with environment variables alone: Google's exporter, with the metadata server", async () => {
    const { GOOGLE_APPLICATION_CREDENTIALS: _, GOOGLE_CLOUD_PROJECT: __, ...variables } = environment;
    await written(variables);
  });

  it('run with environment variables alone: the trace agent', async () => {
    const id = traceId('agent');
    const leaving = new AbortController();
    const agent = program('trace-agent.cjs', { ...environment, TRACE_ID: id }, leaving.signal);
    const trace = await readTrace(id, 2);
    leaving.abort(); // It does not say when it has sent everything.
    await expect(agent).rejects.toThrow('aborted');
    const root = trace.spans.find(({ name }: { name: string }) => name === '/agent');
    expect(root).toMatchObject({
      parent_span_id: '000000000000007b',
      kind: 'server',
    });
    expect(root.attributes['/http/method']).toBe('GET');
  });

  it.each([
    ['at the address it is given', true],
    ['with environment variables alone', false],
  ])('use v1 and v2: @googleapis/cloudtrace, %s', async (_name, given) => {
    const id = traceId(`api ${given}`);
    const variables = given ? { ROOT_URL: `${platform.url}/`, TOKEN: platform.viewer } : environment;
    const answer = await program('cloudtrace-api.mjs', { ...variables, TRACE_ID: id, PROJECT: project });
    expect(answer.statuses).toEqual([200, 200, 200]);
    expect(answer.created).toMatchObject({ displayName: { value: 'single' }, spanId: '00000000000000bb' });
    expect(answer.trace.spans.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      '/api',
      'batch',
      'single',
    ]);
    expect(answer.trace.spans.find(({ name }: { name: string }) => name === 'batch')).toMatchObject({
      spanId: '170',
      parentSpanId: '2205310701640571284',
      labels: { count: '7' },
    });
    const found = answer.list.traces.find((item: { traceId: string }) => item.traceId === id);
    expect(found.spans.map(({ name }: { name: string }) => name)).toContain('/api');
    expect(answer.missing).toMatchObject({ code: 404, message: 'Requested entity was not found.' });
    expect(answer.malformed.code).toBe(400);
    expect(answer.malformed.message).toMatch(/^Invalid filter/);
  });

  it("write OTLP: OpenTelemetry's exporters over protobuf, JSON and gRPC, read back through v1", async () => {
    const ids = await program('otlp.mjs', {
      HTTP_URL: `http://127.0.0.1:${platform.otlpHttpPort}`,
      GRPC_URL: `http://127.0.0.1:${platform.grpcPort}`,
    });
    for (const [door, id] of Object.entries<string>(ids)) {
      const trace = await readTrace(id, 1);
      expect(trace.spans[0]).toMatchObject({
        name: `by ${door}`,
        attributes: { door, count: 2, ratio: 0.5, list: ['a', 'b'] },
      });
      const v1 = await read(`/v1/projects/${project}/traces/${id}`);
      expect(v1.spans[0].labels).toMatchObject({
        'service.name': `otlp-${door}`,
        count: '2',
        ratio: '0.5',
        list: '["a","b"]',
        'otel.scope.name': 'otlp',
      });
    }
  });

  it("pass their context on: Google's propagator", async () => {
    const id = traceId('propagator');
    const answer = await program('propagator.mjs', {
      URL: `${platform.url}/api/v1/session/config`,
      TRACE_ID: id,
    });
    expect(answer.sent['x-cloud-trace-context']).toBe(`${id}/9492351182879891306;o=1`);
    expect(answer.back).toMatchObject({ traceId: id, traceFlags: 1 });
  });

  it.each([
    ['9', 'node_modules/@google-cloud/trace-agent/node_modules/google-auth-library/'],
    ['10', 'node_modules/google-auth-library/'],
    ['11', '../../../node_modules/google-auth-library/'],
  ])('our client reads our server with google-auth-library %s', async (major, path) => {
    const require = createRequire(clients);
    expect(require(`./${path}package.json`).version.split('.')[0]).toBe(major);
    const { GoogleAuth } = require(`./${path}`);
    const auth = new GoogleAuth({
      keyFile: environment.GOOGLE_APPLICATION_CREDENTIALS,
      scopes: ['https://www.googleapis.com/auth/trace.readonly'],
    });
    const client = new CloudTraceClient({ projectId: project, endpoint: platform.url, auth });
    const spans = await client.getTrace(traceId('api true'));
    expect(spans?.map(({ name }) => name).toSorted()).toEqual(['/api', 'batch', 'single']);
    expect(spans?.find(({ name }) => name === 'batch')?.attributes.get('count')).toBe(7n);
    const page = await client.listTraces({
      startUnixNano: 0n,
      endUnixNano: BigInt(Date.now()) * 1_000_000n,
      filter: '+root:/api',
      orderBy: 'start desc',
    });
    expect(page.traces.length).toBeGreaterThan(0);
  });

  it('the monitoring API reads Cloud Trace instead of its store', async () => {
    process.env.GOOGLE_APPLICATION_CREDENTIALS = environment.GOOGLE_APPLICATION_CREDENTIALS;
    await using reading = await startPlatform({
      TRACE_SOURCE: 'cloud-trace',
      CLOUD_TRACE_ENDPOINT: platform.url,
    });
    const ask = async (path: string) => {
      const headers = { authorization: `Bearer ${reading.viewer}` };
      const response = await fetch(`${reading.url}/api/v1/monitoring/${path}`, { headers });
      // biome-ignore lint/suspicious/noExplicitAny: the expectations say what an answer looks like
      return { status: response.status, json: (await response.json()) as any };
    };
    const id = traceId('api true');
    const trace = await ask(`traces/${id}`);
    expect(trace.json).toMatchObject({ trace_id: id, span_count: 3, root: { name: '/api' } });
    const range = `start_time=1970-01-01T00:00:00Z&end_time=${new Date(Date.now() + 60_000).toISOString()}`;
    const list = await ask(`traces?${range}&filter_str=${encodeURIComponent('+root:/api')}`);
    expect(list.json.find((item: { trace_id: string }) => item.trace_id === id)).toMatchObject({
      span_count: 3,
    });
    expect((await ask(`traces/${'e'.repeat(32)}`)).status).toBe(404);
    const [series] = (await ask(`timeseries?${range}`)).json.series;
    expect(series.points.length).toBeGreaterThan(0);
    const [names] = (await ask(`facets?${range}&key=name`)).json;
    expect(names.values.map(({ value }: { value: string }) => value)).toContain('/api');
  });

  it('the SDK reads Cloud Trace instead of the monitoring API', async () => {
    vi.stubEnv('TRACE_SOURCE', 'cloud-trace');
    vi.stubEnv('CLOUD_TRACE_ENDPOINT', platform.url);
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', environment.GOOGLE_APPLICATION_CREDENTIALS);
    onTestFinished(() => void vi.unstubAllEnvs());
    const tracing = new TracingService({ projectId: project, serviceName: 'reader' });
    const id = traceId('api true');
    const trace = await tracing.getTrace(id);
    expect(trace).toMatchObject({ trace_id: id, project_id: project, span_count: 3 });
    expect(trace.spans.map(({ name }) => name).toSorted()).toEqual(['/api', 'batch', 'single']);
    const times = { startTime: 0, endTime: Date.now() + 60_000 };
    const list = await tracing.listTraces({ ...times, filter: '+root:/api', pageSize: 10 });
    expect(list.find((item) => item.trace_id === id)).toMatchObject({ project_id: project, span_count: 3 });
    await expect(tracing.getTrace('e'.repeat(32))).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
    await expect(tracing.listTraces({ ...times, filter: '(' })).rejects.toMatchObject({
      code: 'READ_REFUSED',
    });
  });

  it("ask for traces: the Model Context Protocol's client", async () => {
    const answer = await program('mcp.mjs', {
      URL: `${platform.url}/mcp`,
      TOKEN: platform.viewer,
      TRACE_ID: traceId('api true'),
      PROJECT: project,
    });
    expect(answer.tools).toEqual(['list_traces', 'get_trace']);
    expect(answer.trace.structuredContent.spans).toHaveLength(3);
    expect(answer.list.structuredContent.traces.length).toBeGreaterThan(0);
  });
});
