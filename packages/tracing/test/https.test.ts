import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { recordSpans } from '../src/testing.ts';
import { decodeSpans } from './decode-otlp.ts';
import { testCertificate } from './test-certificate.ts';

const { cert, key } = testCertificate;

async function listen(answer: Parameters<typeof https.createServer>[1]): Promise<https.Server> {
  const server = https.createServer({ cert, key }, answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
const urlOf = (server: https.Server) => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

describe('node:https', () => {
  const { tracing, spans } = recordSpans();
  const stop = tracing.instrumentHttp();
  afterAll(async () => {
    stop();
    await tracing.stop();
  });

  it('client and server are one trace, with the scheme in it', async () => {
    await tracing.start();
    const server = await listen((_request, response) => response.end('ok'));
    const { port } = server.address() as AddressInfo;
    const request = https.get({ host: '127.0.0.1', port, path: '/over/tls?sig=secret', ca: cert });
    const [response] = await once(request, 'response');
    expect(String(await buffer(response))).toBe('ok');
    const client = await spans.waitFor(({ kind }) => kind === 'client');
    const served = await spans.waitFor(({ kind }) => kind === 'server');
    const url = `https://127.0.0.1:${port}/over/tls?sig=REDACTED`;
    expect(client.attributes).toMatchObject({ 'url.full': url, 'server.port': port });
    expect(served.attributes).toMatchObject({ 'url.full': url, 'url.scheme': 'https' });
    expect(served).toMatchObject({ traceId: client.traceId, parentSpanId: client.spanId });
    server.closeAllConnections();
    server.close();
  });
});

describe('export over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, cert);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['arrives where the certificate is named', { OTEL_EXPORTER_OTLP_CERTIFICATE: ca }, 1, []],
    ['is refused where nobody vouches for it, and says why', {}, 0, ['DEPTH_ZERO_SELF_SIGNED_CERT']],
  ] as const)('%s', async (_name, env, count, reasons) => {
    const names: string[] = [];
    const collector = await listen(async (request, response) => {
      names.push(...decodeSpans(await buffer(request)).map(({ name }) => name));
      response.end();
    });
    const problems: string[] = [];
    const tracing = new TracingService(
      {
        endpoint: urlOf(collector),
        flushOnExit: false,
        stopTimeoutMs: count === 0 ? 50 : 20_000,
        onProblem: ({ message }) => problems.push(message),
      },
      env,
    );
    tracing.getTracer('test').startSpan('over TLS').end();
    await tracing.stop();
    expect(names).toHaveLength(count);
    expect(problems).toEqual(reasons.map(() => expect.stringMatching(/self-signed certificate/)));
    collector.closeAllConnections();
    collector.close();
  });
});
