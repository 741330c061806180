import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startOtlpReceiver } from './otlp-receiver.ts';

const run = promisify(execFile);
const REGISTER = join(import.meta.dirname, '../src/register.ts');

it.each(['grpc-echo.cjs', 'grpc-echo.mjs'])(
  'traces both sides of gRPC in %s, which knows nothing of it',
  async (program) => {
    const { url, spans, close } = await startOtlpReceiver();
    const { stdout } = await run(
      process.execPath,
      ['--import', REGISTER, join(import.meta.dirname, 'programs', program)],
      { env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: url }, timeout: 120_000 },
    );
    close();
    const { traceparent } = JSON.parse(stdout) as { traceparent: string };
    const [client, server] = spans.toSorted((a, b) => Number(b.kind) - Number(a.kind));
    expect(traceparent).toBe(`00-${client?.traceId}-${client?.spanId}-03`);
    expect([client, server]).toMatchObject([
      { name: 'test.Echo/Call', kind: 3 },
      { name: 'test.Echo/Call', kind: 2, parentSpanId: client?.spanId },
    ]);
  },
);
