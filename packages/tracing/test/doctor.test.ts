import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { apiCopies } from '../src/doctor/api-copies.ts';
import { appStart } from '../src/doctor/app-start.ts';
import { run } from '../src/doctor/command-line.ts';
import { examine } from '../src/doctor/examine.ts';
import { missingInstrumentations } from '../src/doctor/missing-instrumentations.ts';
import { printFindings } from '../src/doctor/print-findings.ts';

const directory = new URL('../../..', import.meta.url).pathname;
const report = async (env: Record<string, string>, fetch: typeof globalThis.fetch) =>
  printFindings(await examine({ env, directory, fetch }));
const answering = (status: number, headers: Record<string, string> = {}): typeof globalThis.fetch => {
  return async () => new Response('', { status, headers });
};

describe('doctor', () => {
  it('is content where everything is well', async () => {
    const text = await report({ OTEL_SERVICE_NAME: 'x' }, answering(200));
    expect(text).toContain('ok  a collector answers at http://127.0.0.1:4318/v1/traces');
    expect(text).toContain('one OpenTelemetry API');
    expect(text).not.toContain('!!');
  });

  it.each([
    [
      'a missing collector',
      {},
      () => Promise.reject(new TypeError('failed', { cause: { code: 'x' } })),
      'no collector at',
    ],
    ['refused credentials', {}, answering(401), 'refuses the credentials'],
    ['a web page', {}, answering(200, { 'content-type': 'text/html' }), 'answers with a web page'],
    ['a wrong path', {}, answering(404), 'should end in /v1/traces'],
    ['a clock that is off', {}, answering(200, { date: 'Sun, 22 Nov 2020 00:00:00 GMT' }), 'differ by'],
    ['a switched-off SDK', { OTEL_SDK_DISABLED: 'true' }, answering(200), 'tracing is switched off'],
    ['another exporter', { OTEL_TRACES_EXPORTER: 'zipkin' }, answering(200), 'over OTLP, whatever'],
    ['a sampler that keeps nothing', { OTEL_TRACES_SAMPLER: 'always_off' }, answering(200), 'keeps nothing'],
    ['a nameless service', {}, answering(200), 'the service has no name'],
    ['the port of gRPC', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' }, answering(200), 'port of gRPC'],
    ['a broken variable', { OTEL_TRACES_SAMPLER: 'sometimes' }, answering(200), 'OTEL_TRACES_SAMPLER knows'],
  ])('finds %s', async (_name, env, fetch, expected) => {
    expect(await report(env as Record<string, string>, fetch as never)).toContain(expected);
  });
});

describe('doctor on variables', () => {
  it('finds slips in names, and leaves other signals alone', async () => {
    const text = await report(
      {
        OTEL_EXPORTER_OTLP_ENDPIONT: 'x',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOG_LEVEL: 'info',
        OTEL_WHATEVER: '1',
      },
      answering(200),
    );
    expect(text).toContain(
      'OTEL_EXPORTER_OTLP_ENDPIONT is not read\n    -> do you mean OTEL_EXPORTER_OTLP_ENDPOINT?',
    );
    expect(text).toContain('OTEL_WHATEVER is not read');
    expect(text).not.toMatch(/METRICS|LOG_LEVEL/);
  });

  it('finds that credentials for Google are missing, and says how to get some', async () => {
    const nowhere = join(tmpdir(), 'no-such-key.json');
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', nowhere);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://telemetry.googleapis.com', GCP_PROJECT_ID: 'p' };
    const text = await report(env, answering(200));
    vi.unstubAllEnvs();
    expect(text).toMatch(/!! .*(?:credentials|npm install google-auth-library)/i);
    expect(text).toMatch(/-> .*(?:gcloud auth application-default login|npm install google-auth-library)/);
  });

  it('asks a gRPC collector over gRPC', async () => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    expect(await report(env, answering(200))).toMatch(
      /!!\s+http:\/\/127\.0\.0\.1:1 does not answer: UNAVAILABLE/,
    );
  });
});

describe('doctor on how the program starts', () => {
  const root = mkdtempSync(join(tmpdir(), 'doctor-'));
  afterAll(() => rmSync(root, { recursive: true }));
  function program(files: Record<string, string>): string {
    const directory = mkdtempSync(join(root, 'app-'));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(directory, name, '..'), { recursive: true });
      writeFileSync(join(directory, name), content);
    }
    return directory;
  }
  const look = (files: Record<string, string>, env = {}, app?: string) =>
    appStart(program(files), env, app)
      .map(({ level, what, nextStep }) => `${level} ${what} -> ${nextStep}`)
      .join();
  const manifest = (start: string, type = 'module') => JSON.stringify({ type, scripts: { start } });

  it('is content with --import, in the script or in NODE_OPTIONS', () => {
    const entry = { 'app.js': "import pg from 'pg';" };
    const flag = '--import @utxoiq/tracing/register';
    expect(look({ 'package.json': manifest(`node ${flag} app.js`), ...entry })).toMatch(/^fine/);
    expect(look({ 'package.json': manifest('node app.js'), ...entry }, { NODE_OPTIONS: flag })).toMatch(
      /^fine/,
    );
  });

  it('finds ES modules whose imports run before tracing starts', () => {
    const esm =
      "import { TracingService } from '@utxoiq/tracing';\nimport pg from 'pg';\nimport {\n  createClient,\n} from 'redis';";
    const found = look({ 'package.json': manifest('node dist/app.js'), 'dist/app.js': esm });
    expect(found).toMatch(/^doubtful .*ES module and imports pg, redis/);
    expect(found).toContain('start with `node --import ./tracing.mjs`');
  });

  it('finds modules required before tracing, and only those', () => {
    const early = "const pg = require('pg');\nconst { TracingService } = require('@utxoiq/tracing');";
    const late = "const { TracingService } = require('@utxoiq/tracing');\nconst pg = require('pg');";
    const cjs = (source: string) =>
      look({ 'package.json': manifest('node app.js', 'commonjs'), 'app.js': source });
    expect(cjs(early)).toMatch(/^doubtful .*requires pg before/);
    expect(cjs(late)).toMatch(/^fine/);
    expect(cjs("const fastify = require('fastify');\nrequire('@utxoiq/tracing');")).toMatch(/^fine/);
  });

  it('says how to load tracing where the entry does not', () => {
    const files = { 'server.mjs': "import 'node:http';" };
    expect(look(files, {}, 'node server.mjs')).toMatch(/^doubtful .*server\.mjs does not load/);
    expect(look(files, {}, 'node --import ./own.mjs server.mjs')).toBe('');
  });

  it('finds instrumentations that the environment names and nobody installed', () => {
    const files = { 'node_modules/@opentelemetry/instrumentation-pg/index.js': '' };
    const env = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,pg,ioredis,@fastify/otel' };
    const found = missingInstrumentations(program(files), env).map(({ level, nextStep }) => [
      level,
      nextStep,
    ]);
    expect(found).toEqual([
      ['broken', 'npm install @opentelemetry/instrumentation-ioredis'],
      ['broken', 'npm install @fastify/otel'],
    ]);
  });

  it('finds copies of the API that differ, wherever they hide', () => {
    const at = (path: string, version: string) => ({
      [`${path}node_modules/@opentelemetry/api/package.json`]: JSON.stringify({ version }),
    });
    const copies = (...all: Record<string, string>[]) =>
      apiCopies(program(Object.assign({}, ...all))).map(({ level, what }) => `${level} ${what}`);
    expect(copies(at('', '1.10.0'), at('node_modules/@google-cloud/x/', '1.10.0'))).toEqual([
      'fine one OpenTelemetry API: 1.10.0',
    ]);
    expect(copies(at('', '1.10.0'), at('node_modules/@google-cloud/x/', '1.4.1'))).toEqual([
      expect.stringMatching(/^doubtful several versions.* 1\.10\.0.*@google-cloud\/x\/.* 1\.4\.1/),
    ]);
  });

  it('finds nothing to look at without a script or a file', () => {
    expect(look({})).toBe('');
    expect(look({ 'package.json': '{broken' })).toBe('');
  });
});

describe('utxoiq-tracing doctor', () => {
  it('prints JSON, and exits with 1 when something is broken', async () => {
    const server = http.createServer((_request, response) => response.writeHead(403).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { text, exitCode } = await run(['doctor', '--json']);
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    server.closeAllConnections();
    server.close();
    expect(exitCode).toBe(1);
    const { ok, findings } = JSON.parse(text) as { ok: boolean; findings: { level: string; what: string }[] };
    expect(ok).toBe(false);
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'broken', what: expect.stringContaining('refuses the credentials') }),
    );
  });
});
