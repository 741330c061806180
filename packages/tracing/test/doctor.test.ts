import { describe, expect, it } from 'vitest';
import { examine } from '../src/doctor/examine.ts';
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
    ['a sampler that keeps nothing', { OTEL_TRACES_SAMPLER: 'always_off' }, answering(200), 'keeps nothing'],
    ['a nameless service', {}, answering(200), 'the service has no name'],
    ['the port of gRPC', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' }, answering(200), 'port of gRPC'],
    ['a broken variable', { OTEL_TRACES_SAMPLER: 'sometimes' }, answering(200), 'OTEL_TRACES_SAMPLER knows'],
  ])('finds %s', async (_name, env, fetch, expected) => {
    expect(await report(env as Record<string, string>, fetch as never)).toContain(expected);
  });
});
