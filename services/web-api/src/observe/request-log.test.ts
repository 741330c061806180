import { createLogger } from '@utxoiq/service-runner';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../test/memory-source.ts';
import { appForThisTest } from '../../test/test-app.ts';

describe('the request log', () => {
  it('has one line per request, without the code of a sign-in link', async () => {
    const lines: unknown[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const logger = createLogger({ level: 'info', service: 'web-api', traceFields: () => ({}), destination });
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
