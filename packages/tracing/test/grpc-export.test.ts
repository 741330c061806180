import * as grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { retryDelayMs } from '../src/grpc/grpc-failure.ts';
import { OtlpGrpcTransport } from '../src/grpc/otlp-grpc-transport.ts';
import { TracingService } from '../src/index.ts';
import { type DecodedSpan, decodeSpans } from './decode-otlp.ts';

const EXPORT = {
  Export: {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};
type Answer = { error?: Partial<grpc.ServiceError>; body?: Buffer };
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** An OTLP receiver that gives `answers` in turn, then success. */
async function receiver(answers: Answer[] = []) {
  const spans: DecodedSpan[] = [];
  const metadata: Record<string, unknown>[] = [];
  const server = new grpc.Server();
  server.addService(EXPORT, {
    Export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) => {
      metadata.push(call.metadata.getMap());
      const { error, body = Buffer.alloc(0) } = answers.shift() ?? {};
      if (error !== undefined) return done(error);
      spans.push(...decodeSpans(call.request));
      done(null, body);
    },
  });
  const port = await new Promise<number>((resolve) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_e, bound) => resolve(bound));
  });
  open.push(() => server.forceShutdown());
  return { url: `http://127.0.0.1:${port}`, spans, metadata };
}

/** `google.rpc.Status` with a `RetryInfo` of so many milliseconds below 128. */
function retryInfo(nanos: number[]): grpc.Metadata {
  const field = (number: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  const duration = Buffer.from([0x10, ...nanos]);
  const any = Buffer.concat([
    field(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')),
    field(2, field(1, duration)),
  ]);
  const metadata = new grpc.Metadata();
  metadata.set('grpc-status-details-bin', Buffer.concat([Buffer.from([0x08, 8]), field(3, any)]));
  return metadata;
}
const FIFTY_MS = [0x80, 0xe1, 0xeb, 0x17];

function service(env: Record<string, string>, options = {}) {
  const problems: string[] = [];
  const tracing = new TracingService(
    { flushOnExit: false, onProblem: ({ code, message }) => problems.push(`${code} ${message}`), ...options },
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', ...env },
  );
  const make = (count: number) => {
    for (let i = 0; i < count; i++) tracing.getTracer('test').startSpan(`span ${i}`).end();
  };
  return { tracing, problems, make };
}

describe('export over gRPC', () => {
  it('sends spans with the headers asked for, packed if wished', async () => {
    const { url, spans, metadata } = await receiver();
    const { tracing, make, problems } = service({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: 'X-Api-Key=secret',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    await tracing.start();
    make(500);
    await tracing.stop();
    expect(spans).toHaveLength(500);
    expect(metadata[0]).toMatchObject({ 'x-api-key': 'secret' });
    expect(metadata[0]?.traceparent).toBeUndefined();
    expect(problems).toEqual([]);
    expect(tracing.metrics()).toMatchObject({ spansExported: 500, spansStarted: 500 });
  });

  it('tries again when the server is away, and when it says when to come back', async () => {
    const exhausted = {
      code: grpc.status.RESOURCE_EXHAUSTED,
      details: 'slower',
      metadata: retryInfo(FIFTY_MS),
    };
    const { url, spans } = await receiver([
      { error: { code: grpc.status.UNAVAILABLE, details: 'restarting' } },
      { error: exhausted },
    ]);
    const { tracing, make } = service({}, { endpoint: url });
    const started = Date.now();
    make(3);
    await tracing.stop();
    expect(spans).toHaveLength(3);
    expect(Date.now() - started).toBeGreaterThanOrEqual(100);
    expect(tracing.metrics()).toMatchObject({ exportRetries: 2, spansExported: 3 });
  });

  it('gives up what is refused, and counts what is rejected', async () => {
    const rejectTwo = Buffer.from('\x0a\x07\x08\x02\x12\x03bad', 'latin1');
    const { url } = await receiver([
      { error: { code: grpc.status.PERMISSION_DENIED, details: 'not yours' } },
      { body: rejectTwo },
      { error: { code: grpc.status.RESOURCE_EXHAUSTED, details: 'never come back' } },
    ]);
    const { tracing, make, problems } = service({}, { endpoint: url });
    for (const count of [1, 5, 2]) {
      make(count);
      await tracing.flush();
    }
    await tracing.stop();
    expect(problems).toEqual([`REFUSED ${url} refused spans: PERMISSION_DENIED: not yours`]);
    expect(tracing.metrics()).toMatchObject({ spansDroppedRejected: 5, spansExported: 3 });
  });

  it('carries the tokens of Google, and explains its refusals', async () => {
    const denied = { code: grpc.status.PERMISSION_DENIED, details: 'The caller does not have permission' };
    const { url, metadata, spans } = await receiver([{}, { error: denied }]);
    const nextSteps: string[] = [];
    const { tracing, make } = service(
      { METADATA_SERVER_DETECTION: 'none' },
      {
        endpoint: url,
        projectId: 'utxoiq-prod',
        google: { auth: { getRequestHeaders: async () => new Headers({ Authorization: 'Bearer token-x' }) } },
        onProblem: ({ nextStep }: { nextStep: string }) => nextSteps.push(nextStep),
      },
    );
    for (const count of [1, 2]) {
      make(count);
      await tracing.flush();
    }
    await tracing.stop();
    expect(metadata[0]).toMatchObject({ authorization: 'Bearer token-x' });
    expect(spans).toHaveLength(1);
    expect(nextSteps).toEqual([
      expect.stringContaining('utxoiq-prod --member=MEMBER --role=roles/telemetry.tracesWriter'),
    ]);
  });

  it('names the package that is missing', async () => {
    const transport = new OtlpGrpcTransport({
      url: 'http://127.0.0.1:1',
      compression: 'none',
      timeoutMs: 100,
      load: () => Promise.reject(new Error('ERR_MODULE_NOT_FOUND')),
    });
    const { tracing, make, problems } = service({}, { transport });
    make(1);
    await tracing.stop();
    expect(problems[0]).toContain('npm install @grpc/grpc-js');
  });

  it('an endpoint that never answers is tried again within its time', async () => {
    const transport = new OtlpGrpcTransport({
      url: 'http://127.0.0.1:1',
      compression: 'none',
      timeoutMs: 200,
    });
    const result = await transport.send(Buffer.alloc(0), new AbortController().signal);
    expect(result).toMatchObject({ status: 'retry', reason: expect.stringContaining('UNAVAILABLE') });
    transport.close();
  });
});

describe('settings of gRPC', () => {
  const url = (env: Record<string, string>, options = {}) => service(env, options).tracing.settings.tracesUrl;

  it('has its own default port, and takes endpoints without a scheme', () => {
    expect(url({})).toBe('http://127.0.0.1:4317');
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' })).toBe('https://collector:4317');
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_INSECURE: 'true' })).toBe(
      'http://collector:4317',
    );
    expect(url({ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' })).toBe(
      'http://127.0.0.1:4318/v1/traces',
    );
    expect(() => url({ OTEL_EXPORTER_OTLP_PROTOCOL: 'smoke' })).toThrow('http/protobuf or grpc, got "smoke"');
  });

  it('names a certificate that cannot be read', () => {
    expect(() => url({ OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem' })).toThrow(
      'OTEL_EXPORTER_OTLP_CERTIFICATE',
    );
  });
});

describe('RetryInfo', () => {
  it('is read from any bytes without throwing', () => {
    expect(retryDelayMs(retryInfo(FIFTY_MS).get('grpc-status-details-bin')[0])).toBe(50);
    expect(retryDelayMs('text')).toBeNull();
    for (let i = 0; i < 2000; i++) {
      retryDelayMs(Buffer.from(crypto.getRandomValues(new Uint8Array(i % 60))));
    }
  });
});
