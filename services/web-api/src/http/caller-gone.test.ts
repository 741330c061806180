import { request } from 'node:http';
import { createLogger } from '@utxoiq/service-runner';
import { StoreError } from '@utxoiq/store';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../test/memory-source.ts';
import { startTestApp } from '../../test/test-app.ts';
import type { TraceAnalysis } from '../source/trace-source.ts';

const range = { start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-02T00:00:00Z' };

/** Never answers; ends as the store does when its caller goes away. */
function cancellable(asked: () => void) {
  return ({ signal }: { readonly signal?: AbortSignal }) => {
    asked();
    const { promise, reject } = Promise.withResolvers<never>();
    signal?.addEventListener('abort', () => reject(new StoreError('QUERY_CANCELLED', 'cancelled')));
    return promise;
  };
}

describe('a request that its caller abandons', () => {
  it.each([
    ['GET', `/api/v1/monitoring/services?${new URLSearchParams(range)}`, ''],
    ['POST', '/api/v1/monitoring/compare', JSON.stringify({ ...range, selection: range })],
  ])('%s: its query is cancelled, and the log says 499 and no error', async (method, path, body) => {
    const asked = Promise.withResolvers<void>();
    const answer = cancellable(() => asked.resolve());
    const lines: { severity: string; message: string }[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
    await using test = await startTestApp(
      { ...memorySource([]), analysis: { services: answer, compare: answer } as unknown as TraceAnalysis },
      {
        deps: {
          logger: createLogger({ level: 'info', service: 'web-api', traceFields: () => ({}), destination }),
        },
      },
    );
    const url = await test.app.listen({ host: '127.0.0.1', port: 0 });
    lines.length = 0;
    const browser = request(url + path, {
      method,
      headers: { authorization: `Bearer ${await test.token()}`, 'content-type': 'application/json' },
    });
    browser.on('error', () => undefined); // It is destroyed below.
    browser.end(body);
    await asked.promise;
    browser.destroy();
    await expect.poll(() => lines).not.toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20)); // Whatever else would be said.
    expect(lines.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      `INFO ${method} ${path.split('?')[0]} 499`,
    ]);
    expect((await test.app.inject('/metrics')).body).toMatch(/duration_seconds_count\{.*status="499"\} 1/);
  });

  it('is not taken for one whose body has been read and whose answer takes time', async () => {
    let aborted: boolean | undefined;
    const compare: TraceAnalysis['compare'] = async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      aborted = signal?.aborted;
      return { selectedCount: 1, baselineCount: 1, differences: [], partial: null };
    };
    await using test = await startTestApp({
      ...memorySource([]),
      analysis: { compare } as unknown as TraceAnalysis,
    });
    const url = await test.app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${url}/api/v1/monitoring/compare`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await test.token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...range, selection: range }),
    });
    expect(response.status).toBe(200);
    expect(aborted).toBe(false);
  });
});
