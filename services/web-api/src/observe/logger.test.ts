import { describe, expect, it } from 'vitest';
import { memorySource } from '../../test/memory-source.ts';
import { appForThisTest } from '../../test/test-app.ts';
import { createLogger } from './logger.ts';

function recordingLogger(traceFields: () => object = () => ({})) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, logger: createLogger({ level: 'info', service: 'web-api', traceFields, destination }) };
}

describe('the log', () => {
  it('has Cloud Logging’s form, with the trace and span a line belongs to', () => {
    const { lines, logger } = recordingLogger(() => ({
      trace_id: 't',
      span_id: 's',
      'logging.googleapis.com/trace': 't',
      'logging.googleapis.com/spanId': 's',
    }));
    logger.warn({ attempt: 2 }, 'try again');
    logger.error({ err: new Error('broken') }, 'failed');
    expect(lines[0]).toEqual({
      severity: 'WARNING',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      serviceContext: { service: 'web-api' },
      trace_id: 't',
      span_id: 's',
      'logging.googleapis.com/trace': 't',
      'logging.googleapis.com/spanId': 's',
      attempt: 2,
      message: 'try again',
    });
    expect(lines[1]).toMatchObject({ severity: 'ERROR', message: 'failed' });
    expect(JSON.stringify(lines[1])).toContain('broken');
  });

  it('has one line per request, without the code of a sign-in link', async () => {
    const { lines, logger } = recordingLogger();
    const test = await appForThisTest(memorySource([]), { deps: { logger } });
    await test.app.inject({
      url: '/sign-in?code=secret',
      headers: { 'user-agent': 'curl', authorization: 'Bearer x' },
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      severity: 'INFO',
      message: 'GET /sign-in 401',
      httpRequest: {
        requestMethod: 'GET',
        requestUrl: '/sign-in?code=...',
        status: 401,
        latency: expect.stringMatching(/^\d+\.\d{6}s$/),
        userAgent: 'curl',
        remoteIp: '127.0.0.1',
      },
    });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });
});
