import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { decodeOtlp } from './decode-otlp.ts';

const dir = mkdtempSync(join(tmpdir(), 'tracing-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function startCollector(file: string, port = 0): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL('flaky-collector.ts', import.meta.url), [String(port), file], { execArgv: [] });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { child, port: message.port };
}

describe('nothing is lost', () => {
  it('of 200,000 spans in one burst, with default queues, a collector that fails a third, is killed and restarted', async () => {
    const file = join(dir, 'ids');
    writeFileSync(file, '');
    const first = await startCollector(file);
    const service = new TracingService(
      {
        endpoint: `http://127.0.0.1:${first.port}`,
        flushOnExit: false,
        stopTimeoutMs: 60_000,
        onProblem() {},
      },
      {},
    );
    const tracer = service.getTracer('burst');
    for (let i = 0; i < 200_000; i++) {
      tracer.startSpan('step', { attributes: { i, stage: 'validation', source: 'mempool' } }).end();
    }
    const stopped = service.stop();
    await expect.poll(() => service.metrics().batchesExported).toBeGreaterThan(3);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await startCollector(file, first.port);
    await stopped;
    second.child.kill();
    const bytes = readFileSync(file);
    const ids = new Set<string>();
    for (let at = 0; at < bytes.length; at += 8) ids.add(bytes.toString('hex', at, at + 8));
    expect(ids.size).toBe(200_000);
    expect(service.metrics()).toMatchObject({
      spansExported: 200_000,
      spansDroppedQueueFull: 0,
      queuedBytes: 0,
    });
    expect(service.metrics().exportRetries).toBeGreaterThan(0);
  });
});

/** Runs a program with the register module, until it ends; gives what its collector got. */
async function runRegistered(program: string, signal?: NodeJS.Signals) {
  const bodies: Buffer[] = [];
  const collector = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(Buffer.concat(chunks));
    response.end();
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  const register = new URL('../src/register.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', register, '--input-type=module', '-e', program], {
    env: {
      PATH: process.env.PATH,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_SERVICE_NAME: 'registered',
      GCP_PROJECT_ID: 'from-env',
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: new URL('..', import.meta.url),
  });
  if (signal !== undefined) {
    await once(child.stdout, 'data');
    child.kill(signal);
  }
  const [code, killedBy] = await once(child, 'exit');
  collector.closeAllConnections();
  collector.close();
  return { code, killedBy, groups: bodies.flatMap(decodeOtlp) };
}

describe('node --import @utxoiq/tracing/register', () => {
  const program = `
    import http from 'node:http';
    const server = http.createServer((q, s) => s.end('ok'));
    await new Promise((r) => server.listen(0, '127.0.0.1', r));
    await (await fetch('http://127.0.0.1:' + server.address().port + '/hello')).text();
    console.log('ready');
    server.closeAllConnections();`;

  it('traces servers and fetch, and flushes when the program runs empty', async () => {
    const { code, groups } = await runRegistered(`${program} server.close();`);
    expect(code).toBe(0);
    expect(groups[0]?.resource).toMatchObject({ 'service.name': 'registered', 'gcp.project_id': 'from-env' });
    const spans = groups.flatMap((group) => group.spans);
    const client = spans.find(({ kind }) => kind === 3);
    const server = spans.find(({ kind }) => kind === 2);
    expect(server?.parentSpanId).toBe(client?.spanId);
    expect(server?.attributes['url.path']).toBe('/hello');
  });

  it("names Fastify's routes and records what its handlers throw", async () => {
    const fastify = import.meta.resolve('fastify');
    const { groups } = await runRegistered(`
      import { fastify } from '${fastify}';
      const app = fastify();
      await app.register(async (child) => {
        child.get('/items/:id', async () => { throw new Error('boom'); });
      }, { prefix: '/shop' });
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      const response = await fetch(url + '/shop/items/7');
      if (response.headers.get('x-correlation-id') === null) throw new Error('no correlation id');
      await response.text();
      await app.close();`);
    const server = groups.flatMap(({ spans }) => spans).find(({ kind }) => kind === 2);
    expect(server?.name).toBe('GET /shop/items/:id');
    expect(server?.events).toHaveLength(1);
  });

  it('a variable that cannot be used costs the program its traces, not its life', () => {
    const register = new URL('../src/register.ts', import.meta.url).href;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', register, '-e', "console.log('it runs')"],
      { env: { PATH: process.env.PATH, OTEL_TRACES_SAMPLER: 'sometimes' }, encoding: 'utf8' },
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'it runs\n' });
    expect(stderr).toMatch(/BAD_OPTION.*runs untraced: OTEL_TRACES_SAMPLER knows/);
  });

  it('flushes on SIGTERM, and the process still ends by it', async () => {
    const { killedBy, groups } = await runRegistered(`${program} setInterval(() => {}, 1000);`, 'SIGTERM');
    expect(killedBy).toBe('SIGTERM');
    expect(groups.flatMap((group) => group.spans)).toHaveLength(2);
  });
});
