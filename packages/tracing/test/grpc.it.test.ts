import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { type DecodedSpan, decodeSpans } from './decode-otlp.ts';

const run = promisify(execFile);
const REGISTER = join(import.meta.dirname, '../src/register.ts');

it.each(['grpc-echo.cjs', 'grpc-echo.mjs'])(
  'traces both sides of gRPC in %s, which knows nothing of it',
  async (program) => {
    const spans: DecodedSpan[] = [];
    const collector = http.createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      spans.push(...decodeSpans(Buffer.concat(chunks)));
      response.end();
    });
    await once(collector.listen(0, '127.0.0.1'), 'listening');
    const { port } = collector.address() as AddressInfo;
    const { stdout } = await run(
      process.execPath,
      ['--import', REGISTER, join(import.meta.dirname, 'programs', program)],
      { env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }, timeout: 120_000 },
    );
    collector.close();
    const { traceparent } = JSON.parse(stdout) as { traceparent: string };
    const [client, server] = spans.toSorted((a, b) => Number(b.kind) - Number(a.kind));
    expect(traceparent).toBe(`00-${client?.traceId}-${client?.spanId}-03`);
    expect([client, server]).toMatchObject([
      { name: 'test.Echo/Call', kind: 3 },
      { name: 'test.Echo/Call', kind: 2, parentSpanId: client?.spanId },
    ]);
  },
);
