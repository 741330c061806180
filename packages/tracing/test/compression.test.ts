import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { decodeSpans } from './decode-otlp.ts';

const received: { encoding: string | undefined; body: Buffer }[] = [];
const server = http.createServer(async (request, response) => {
  received.push({ encoding: request.headers['content-encoding'], body: await buffer(request) });
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

async function send(compression: string, count: number): Promise<(typeof received)[number] | undefined> {
  received.length = 0;
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { OTEL_EXPORTER_OTLP_COMPRESSION: compression };
  const tracing = new TracingService({ endpoint, flushOnExit: false }, env);
  for (let i = 0; i < count; i++) tracing.getTracer('test').startSpan('GET /api/v1/insights/:id').end();
  await tracing.stop();
  expect(tracing.metrics().spansExported).toBe(count);
  return received[0];
}

describe('compression', () => {
  it.each([
    ['gzip', gunzipSync],
    ['zstd', zstdDecompressSync],
  ] as const)('%s arrives named and whole', async (compression, unpack) => {
    const request = await send(compression, 200);
    expect(request?.encoding).toBe(compression);
    expect(decodeSpans(unpack(request?.body ?? Buffer.alloc(0)))).toHaveLength(200);
  });

  it('a small request goes as it is, and says so', async () => {
    const request = await send('zstd', 1);
    expect(request?.encoding).toBeUndefined();
    expect(decodeSpans(request?.body ?? Buffer.alloc(0))).toHaveLength(1);
  });

  it.each([
    ['brotli', 'http/protobuf', /none or gzip or zstd with http\/protobuf, got "brotli"/],
    ['zstd', 'grpc', /none or gzip with grpc, got "zstd"/],
  ] as const)('refuses %s over %s at the start', (compression, protocol, message) => {
    const env = { OTEL_EXPORTER_OTLP_COMPRESSION: compression };
    expect(() => new TracingService({ protocol }, env)).toThrow(message);
  });
});
