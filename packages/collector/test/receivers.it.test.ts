import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { encodeOtlpJson } from '@utxoiq/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Collector, CollectorError, type CollectorOptions } from '../src/index.ts';
import { decodeAll } from './decode-all.ts';
import { MemoryFileSystem } from './memory-file-system.ts';
import { ExportTraceServiceResponse, RetryInfo, RpcStatus } from './otlp-proto.ts';
import { recordedBodies } from './recorded-bodies.ts';
import { RecordingStore } from './recording-store.ts';
import { numberedRequest, requestOf, spanFields } from './requests.ts';
import { lengthField } from './wire-arbitraries.ts';

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };
const BAD_SPAN = spanFields(lengthField(1, Buffer.alloc(3)));

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'utxoiq-collector-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(options: Partial<CollectorOptions> = {}) {
  const store = new RecordingStore();
  const collector = await Collector.start({
    store,
    dataDir: join(folder, String(count++)),
    projectId: 'p',
    otlpHttpPort: 0,
    grpcPort: 0,
    ...options,
  });
  const url = `http://127.0.0.1:${collector.ports.otlpHttp}`;
  const post = (body: Uint8Array | string, headers: Record<string, string> = PROTOBUF, path = '/v1/traces') =>
    fetch(url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers,
    });
  return { store, collector, url, post, [Symbol.asyncDispose]: () => collector.stop() };
}

/** A request whose body begins and does not go on; without a length it is in chunks. */
function unfinished(
  { ports }: Collector,
  bytes?: number,
  first: string | Uint8Array = 'the first bytes',
): http.ClientRequest {
  const headers = { ...PROTOBUF, ...(bytes !== undefined && { 'content-length': bytes }) };
  const request = http.request({ port: ports.otlpHttp ?? 0, method: 'POST', path: '/v1/traces', headers });
  request.on('error', () => {}); // it is cut off, by either side
  request.write(first);
  return request;
}

const statusIn = async (response: Response) =>
  RpcStatus.toObject(RpcStatus.decode(new Uint8Array(await response.arrayBuffer())), { longs: Number }) as {
    code: number;
    message: string;
    details?: { type_url: string; value: Uint8Array }[];
  };

describe('OTLP/HTTP', () => {
  it('takes protobuf plain and compressed, on one connection, and answers with an empty response', async () => {
    await using it = await start();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const bodies = [
      [numberedRequest(3), {}],
      [gzipSync(numberedRequest(3)), { 'content-encoding': 'gzip' }],
      [zstdCompressSync(numberedRequest(3)), { 'content-encoding': 'zstd' }],
      [deflateSync(numberedRequest(3)), { 'content-encoding': 'deflate' }],
    ] as const;
    const sockets = new Set<unknown>();
    for (const [body, headers] of bodies) {
      const { promise, resolve, reject } = Promise.withResolvers<[number | undefined, number]>();
      const options = { method: 'POST', agent, headers: { ...PROTOBUF, ...headers } };
      const request = http.request(`${it.url}/v1/traces`, options, (response) => {
        sockets.add(response.socket);
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () => resolve([response.statusCode, bytes]));
      });
      request.on('error', reject).end(body);
      expect(await promise).toEqual([200, 0]);
    }
    agent.destroy();
    expect(sockets.size).toBe(1);
    await expect.poll(() => it.store.rows).toBe(12);
  });

  it.skipIf(recordedBodies().length === 0)('takes every recorded body, as protobuf and as JSON', async () => {
    await using it = await start();
    let spans = 0;
    const send = async (body: Uint8Array) => {
      const decoded = decodeAll(body);
      spans += 2 * decoded.length;
      expect((await it.post(body)).status).toBe(200);
      expect((await it.post(JSON.stringify(encodeOtlpJson(decoded)), JSON_TYPE)).status).toBe(200);
    };
    await Promise.all(recordedBodies().map(send));
    await expect.poll(() => it.store.rows).toBe(spans);
  });

  it('accepts the good spans of a request and says how many were bad, and why the first', async () => {
    await using it = await start();
    const response = await it.post(requestOf([spanFields(), BAD_SPAN, BAD_SPAN]));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    const { partial_success } = ExportTraceServiceResponse.toObject(
      ExportTraceServiceResponse.decode(new Uint8Array(await response.arrayBuffer())),
      { longs: Number },
    ) as { partial_success: object };
    expect(partial_success).toEqual({
      rejected_spans: 2,
      error_message: 'span 1: trace_id has 3 bytes, expected 16',
    });
    const span = { traceId: 'zz', spanId: '0'.repeat(16), name: 'n' };
    const json = await it.post(
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
      JSON_TYPE,
    );
    expect(json.status).toBe(200);
    expect(await json.json()).toMatchObject({ partialSuccess: { rejectedSpans: '1' } });
    await expect.poll(() => it.store.rows).toBe(1);
    expect(it.collector.stats()).toMatchObject({ acceptedSpans: 1, rejectedSpans: 3 });
  });

  it('refuses what is malformed whole, in the encoding it came in', async () => {
    await using it = await start();
    const cut = await it.post(numberedRequest(5).subarray(0, 100));
    expect(cut.status).toBe(400);
    expect(await statusIn(cut)).toMatchObject({ code: 3, message: expect.stringMatching(/ at byte \d+$/) });
    for (const [body, message] of [
      ['{"resourceSpans": 7}', /resourceSpans/],
      ['{"resourceSpans":', /^the body is not JSON/],
      [Buffer.from([0x22, 0xff, 0x22]), /^the body is not JSON/],
    ] as const) {
      const response = await it.post(body, JSON_TYPE);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 3, message: expect.stringMatching(message) });
    }
    expect(it.collector.stats()).toMatchObject({ acceptedSpans: 0, logSyncs: 0 });
  });

  it('refuses what is too large before and after decompression, other types and encodings, other methods', async () => {
    const limits = { maxRequestBytes: 20_000, maxDecompressedBytes: 50_000, maxSpansPerRequest: 10 };
    await using it = await start({ limits });
    const statuses = async (...sent: Parameters<typeof it.post>) => (await it.post(...sent)).status;
    expect(await statuses(Buffer.alloc(20_001))).toBe(413);
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    expect(bomb.length).toBeLessThan(20_000);
    expect(await statuses(bomb, { ...PROTOBUF, 'content-encoding': 'gzip' })).toBe(413);
    expect(
      await statuses(zstdCompressSync(Buffer.alloc(5_000_000)), { ...PROTOBUF, 'content-encoding': 'zstd' }),
    ).toBe(413);
    expect(await statuses(numberedRequest(11))).toBe(413);
    expect(await statuses(numberedRequest(10))).toBe(200);
    expect(await statuses('not gzip', { ...PROTOBUF, 'content-encoding': 'gzip' })).toBe(400);
    expect(await statuses('', { ...PROTOBUF, 'content-encoding': 'br' })).toBe(415);
    expect(await statuses('', { 'content-type': 'text/plain' })).toBe(415);
    expect(await statuses('', PROTOBUF, '/v1/metrics')).toBe(404);
    const get = await fetch(`${it.url}/v1/traces`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect(it.collector.stats().bytesInFlight).toBe(0);
  });

  it('takes only so many bytes at once', async () => {
    await using it = await start({ limits: { maxBytesInFlight: 50_000 } });
    const large = unfinished(it.collector, 49_990);
    await expect.poll(() => it.collector.stats().bytesInFlight).toBe(49_990);
    const refused = await it.post(numberedRequest(1));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    large.destroy();
    await expect.poll(() => it.collector.stats().bytesInFlight).toBe(0);
    const chunked = unfinished(it.collector, undefined, Buffer.alloc(49_990));
    await expect.poll(() => it.collector.stats().bytesInFlight).toBe(49_990);
    const [answer] = await once(unfinished(it.collector, undefined, Buffer.alloc(100)), 'response');
    expect(answer.statusCode).toBe(429);
    chunked.destroy();
    await expect.poll(() => it.collector.stats().bytesInFlight).toBe(0);
    expect((await it.post(numberedRequest(1))).status).toBe(200);
  });

  it('lets go of a sender who is too slow', async () => {
    await using it = await start({ limits: { requestTimeoutMs: 100 } });
    const [answer] = await once(unfinished(it.collector, 1_000), 'response');
    expect(answer.statusCode).toBe(408);
    await expect.poll(() => it.collector.stats().bytesInFlight).toBe(0);
  });

  it('asks to be sent the same later when the log is full', async () => {
    const store = new RecordingStore();
    store.failure = new Error('the engine is away');
    await using it = await start({ store, limits: { maxLogBytes: 20_000, drainTimeoutMs: 50 } });
    let response = await it.post(numberedRequest(20));
    while (response.status === 200) response = await it.post(numberedRequest(20));
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('5');
    const { code, details } = await statusIn(response);
    expect(code).toBe(8);
    expect(details?.[0]?.type_url).toBe('type.googleapis.com/google.rpc.RetryInfo');
    const retry = RetryInfo.toObject(RetryInfo.decode(details?.[0]?.value ?? new Uint8Array()), {
      longs: Number,
    });
    expect(retry).toEqual({ retry_delay: { seconds: 5 } });
  });

  it.each([
    ['full', 'write', 'ENOSPC'],
    ['failing', 'sync', 'EIO'],
    ['read-only', 'open', 'EROFS'],
  ] as const)(
    'refuses while its disk is %s, is not healthy meanwhile, and recovers by itself',
    async (_, operation, code) => {
      const fileSystem = new MemoryFileSystem();
      await using it = await start({ fileSystem, limits: { retryDiskAfterMs: 50, segmentBytes: 100 } });
      expect((await it.post(numberedRequest(2))).status).toBe(200);
      fileSystem.failing.set(operation, code);
      const refused = await it.post(numberedRequest(2));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect((await statusIn(refused)).message).toBe(`the write-ahead log cannot be written (${code})`);
      expect((await fetch(`${it.url}/healthz`)).status).toBe(503);
      expect(it.collector.stats()).toMatchObject({ logFailing: true, acceptedSpans: 2 });
      fileSystem.failing.clear();
      await expect.poll(async () => (await it.post(numberedRequest(2, 10))).status).toBe(200);
      expect((await fetch(`${it.url}/healthz`)).status).toBe(200);
      await expect.poll(() => it.store.rows).toBe(4);
    },
  );

  it('asks who sends, and takes only what they may write to', async () => {
    await using it = await start({
      authorize: async ({ authorization, remoteAddress }) => {
        expect(remoteAddress).toBe('127.0.0.1');
        if (authorization === 'Bearer writer') return { ok: true, projects: ['p'] };
        if (authorization === 'Bearer unknown now') return { ok: false, status: 503, message: 'no issuer' };
        return { ok: false, status: 401, message: 'no token' };
      },
    });
    const later = await it.post(numberedRequest(1), { ...PROTOBUF, authorization: 'Bearer unknown now' });
    expect([later.status, later.headers.get('retry-after')]).toEqual([503, '2']);
    const nobody = await it.post(numberedRequest(1));
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const writer = { ...PROTOBUF, authorization: 'Bearer writer' };
    expect((await it.post(numberedRequest(1), writer)).status).toBe(200);
    expect((await it.post(requestOf([spanFields()], 'foreign'), writer)).status).toBe(403);
    const mixed = Buffer.concat([numberedRequest(1), requestOf([spanFields()], 'foreign')]);
    expect((await it.post(mixed, writer)).status).toBe(200);
    const spans = decodeAll(mixed);
    for (const sent of [spans, spans.toReversed()]) {
      const json = JSON.stringify(encodeOtlpJson(sent));
      const partial = await it.post(json, { ...JSON_TYPE, authorization: 'Bearer writer' });
      expect(await partial.json()).toMatchObject({ partialSuccess: { rejectedSpans: '1' } });
    }
    expect(it.collector.stats()).toMatchObject({ acceptedSpans: 4, rejectedSpans: 3 });
  });

  it('lets pages of other origins in only if told so', async () => {
    const preflight = (url: string) =>
      fetch(`${url}/v1/traces`, { method: 'OPTIONS', headers: { origin: 'https://shop.example' } });
    await using closed = await start();
    expect((await preflight(closed.url)).headers.has('access-control-allow-origin')).toBe(false);
    await using open = await start({ corsOrigins: ['https://shop.example'] });
    const answer = await preflight(open.url);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(answer.headers.get('access-control-allow-headers')).toContain('content-type');
  });

  it('is healthy until it stops, and then refuses', async () => {
    const it = await start();
    expect((await fetch(`${it.url}/healthz`)).status).toBe(200);
    await it.collector.stop();
    await it.collector.stop();
    expect(await it.collector.ingestOtlp(numberedRequest(1))).toMatchObject({
      status: 'refused',
      code: 'STOPPING',
    });
  });
});

describe('Zipkin', () => {
  it('takes spans of v2', async () => {
    await using it = await start();
    const span = {
      traceId: '5982fe77008310cc',
      id: '10ab',
      kind: 'SERVER',
      name: 'get /',
      timestamp: 1_700_000_000_000_000,
      duration: 1_500,
      localEndpoint: { serviceName: 'shop' },
      tags: { 'http.path': '/', error: 'true' },
    };
    expect((await it.post(JSON.stringify([span]), JSON_TYPE, '/api/v2/spans')).status).toBe(202);
    const bad = await it.post(JSON.stringify([span, { ...span, id: 'x' }]), JSON_TYPE, '/api/v2/spans');
    expect([bad.status, await bad.json()]).toMatchObject([
      400,
      { message: expect.stringContaining('[1]: id: ') },
    ]);
    const tags = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`tag ${index}`, '']));
    const beyond = await it.post(JSON.stringify([span, { ...span, tags }]), JSON_TYPE, '/api/v2/spans');
    expect([beyond.status, await beyond.json()]).toMatchObject([
      400,
      { message: expect.stringMatching(/^span 1: \d+ attributes, at most 1000 are taken$/) },
    ]);
    await expect.poll(() => it.store.rows).toBe(1);
    expect(it.collector.stats()).toMatchObject({ acceptedSpans: 1, refusedRequests: 1 });
  });
});

describe('OTLP/gRPC', () => {
  const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const asBytes = (bytes: Buffer) => bytes;
  const exporter = (port: number | undefined, compression = 0) => {
    const options = { 'grpc.default_compression_algorithm': compression };
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    const send = (body: Buffer, metadata = new Metadata()) =>
      new Promise<Buffer | ServiceError>((resolve) => {
        const answer = (error: ServiceError | null, response?: Buffer) =>
          resolve(error ?? response ?? Buffer.alloc(0));
        client.makeUnaryRequest(EXPORT, asBytes, asBytes, body, metadata, answer);
      });
    return { send, [Symbol.dispose]: () => client.close() };
  };

  it('takes requests plain and gzipped, with partial success', async () => {
    await using it = await start();
    using plain = exporter(it.collector.ports.grpc);
    using gzipped = exporter(it.collector.ports.grpc, 2);
    expect(await plain.send(numberedRequest(3))).toEqual(Buffer.alloc(0));
    expect(await gzipped.send(numberedRequest(3))).toEqual(Buffer.alloc(0));
    const partial = await plain.send(requestOf([BAD_SPAN, spanFields()]));
    expect(ExportTraceServiceResponse.decode(partial as Buffer).toJSON()).toMatchObject({
      partial_success: { rejected_spans: '1' },
    });
    await expect.poll(() => it.store.rows).toBe(7);
  });

  it('answers with status, details and when to come back', async () => {
    const store = new RecordingStore();
    store.failure = new Error('the engine is away');
    const limits = { maxLogBytes: 20_000, maxDecompressedBytes: 30_000, drainTimeoutMs: 50 };
    await using it = await start({ store, limits });
    using client = exporter(it.collector.ports.grpc);
    const malformed = await client.send(numberedRequest(2).subarray(0, 50));
    expect(malformed).toMatchObject({ code: 3, details: expect.stringMatching(/ at byte \d+$/) });
    expect(await client.send(Buffer.alloc(30_001))).toMatchObject({ code: 8 });
    let answer = await client.send(numberedRequest(20));
    while (answer instanceof Buffer) answer = await client.send(numberedRequest(20));
    expect(answer).toMatchObject({ code: 8, details: expect.stringContaining('write-ahead log is full') });
    const [details] = (answer as ServiceError).metadata.get('grpc-status-details-bin');
    expect(RpcStatus.decode(details as Buffer).toJSON()).toMatchObject({ code: 8, details: [{}] });
  });

  it('asks who sends', async () => {
    await using it = await start({
      authorize: async () => ({ ok: false, status: 403, message: 'not a writer' }),
    });
    using client = exporter(it.collector.ports.grpc);
    expect(await client.send(numberedRequest(1))).toMatchObject({ code: 7, details: 'not a writer' });
  });
});

describe('Collector.start', () => {
  const failure = (promise: Promise<unknown>) => promise.then(() => null).catch((error: unknown) => error);

  it('says in one line what cannot be: a directory in use, a port in use, a bad limit, a bad directory', async () => {
    await using it = await start();
    const options = { store: it.store, projectId: 'p' };
    const inUse = await failure(Collector.start({ ...options, dataDir: join(folder, String(count - 1)) }));
    expect(inUse).toMatchObject({ code: 'DIRECTORY_IN_USE' });
    const free = () => join(folder, String(count++));
    for (const ports of [
      { otlpHttpPort: it.collector.ports.otlpHttp },
      { grpcPort: it.collector.ports.grpc },
    ]) {
      const taken = await failure(Collector.start({ ...options, ...(ports as object), dataDir: free() }));
      expect(taken).toMatchObject({ code: 'PORT_UNAVAILABLE' });
    }
    const limits = { maxBlockSpans: 0 };
    const bad = await failure(Collector.start({ ...options, dataDir: free(), limits }));
    expect(bad).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('maxBlockSpans') });
    const nowhere = await failure(Collector.start({ ...options, dataDir: '/dev/null/x' }));
    expect(nowhere).toBeInstanceOf(CollectorError);
    expect(nowhere).toMatchObject({
      code: 'DIRECTORY_UNUSABLE',
      message: expect.stringMatching(/^cannot use the directory .*ENOTDIR.* Next: /),
    });
  });
});

it('blocks set aside are listed and dropped by the command, beside a running collector', async () => {
  await using it = await start({ limits: { maxBlockRefusals: 1, maxBlockDelayMs: 1 } });
  const dataDir = join(folder, String(count - 1));
  it.store.refusedRows = 7;
  await it.post(numberedRequest(7));
  // Only then the next: in one block with these it would be refused by nobody.
  await expect.poll(() => it.store.attempts.length).toBeGreaterThan(0);
  // Refused again, after another was taken, it is set aside.
  await expect.poll(() => it.post(numberedRequest(3)).then(() => it.collector.stats().setAsideSpans)).toBe(7);
  const run = async (...args: string[]) => {
    const cli = fileURLToPath(new URL('../src/set-aside-cli.ts', import.meta.url));
    const env = { ...process.env, DATA_DIR: dataDir };
    return (await promisify(execFile)(process.execPath, [cli, 'set-aside', ...args], { env })).stdout;
  };
  const [token = ''] = it.store.attempts;
  expect(await run()).toContain(`${token}: 7 spans of  in p, 2023-11-14T22:13:20Z to 2023-11-14T22:13:20Z`);
  await run('drop', token);
  expect(await readdir(join(dataDir, 'wal', 'set-aside'))).toEqual([]);
});
