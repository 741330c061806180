import { parseCloudTraceFilter, parseQuery, type Span } from '@utxoiq/model';
import { CloudTraceClient } from '@utxoiq/tracing/cloud-trace';
import { describe, expect, it } from 'vitest';
import { CloudTraceSource } from './cloud-trace-source.ts';

const traceId = 'a'.repeat(32);
const range = { startUnixNano: 1n, endUnixNano: 2n };

/** A source over a client that is answered by `respond` instead of by Google. */
function source(respond: (url: URL) => { status?: number; body: object }) {
  const asked: URL[] = [];
  const client = new CloudTraceClient({
    projectId: 'prod',
    timeoutMs: 1,
    auth: { getRequestHeaders: async () => ({}), getProjectId: async () => 'prod' },
    fetch: async (url) => {
      asked.push(new URL(String(url)));
      const { status = 200, body } = respond(new URL(String(url)));
      return new Response(JSON.stringify(body), { status });
    },
  });
  return { source: new CloudTraceSource('prod', client), asked };
}

const trace = {
  projectId: 'prod',
  traceId,
  spans: [
    {
      spanId: '1',
      name: '/root',
      startTime: '2026-11-22T10:00:00Z',
      endTime: '2026-11-22T10:00:01Z',
      labels: { 'service.name': 'web-api' },
    },
    {
      spanId: '2',
      parentSpanId: '1',
      name: '/child',
      startTime: '2026-11-22T10:00:00Z',
      endTime: '2026-11-22T10:00:02Z',
      labels: { 'g.co/status/code': '13' },
    },
  ],
};

describe('CloudTraceSource', () => {
  it('reads traces, outlines and single spans of its project', async () => {
    const { source: google } = source(() => ({ body: trace }));
    const found = await google.getTrace({ projects: 'all', traceId });
    expect(found?.summary).toMatchObject({
      spanCount: 2,
      errorCount: 1,
      root: { name: '/root', serviceName: 'web-api' },
    });
    expect((await google.outline({ projects: ['prod'], traceId }))?.size).toBe(2);
    const spans: readonly Span[] = await google.spans({
      projects: 'all',
      traceId,
      spanIds: ['0000000000000002'],
    });
    expect(spans.map(({ name }) => name)).toEqual(['/child']);
    expect((await google.getTrace({ projects: 'all', traceId, maxSpans: 1 }))?.partial).toEqual({
      reason: 'limit',
    });
    expect(await google.getTrace({ projects: ['other'], traceId })).toBeNull();
  });

  it('lists with counts, passes the filter on as it was typed, and translates the richer language', async () => {
    const { source: google, asked } = source(() => ({ body: { traces: [trace], nextPageToken: 'n' } }));
    const text = '+root:/root latency:1s';
    const parsed = parseCloudTraceFilter(text);
    const filter = parsed.ok ? parsed.filter : null;
    const page = await google.listTraces({
      projects: 'all',
      ...range,
      filter,
      filterText: { text, language: 'cloud-trace' },
      pageSize: 1000,
      orderBy: 'duration desc',
    });
    expect(page).toMatchObject({ traces: [{ spanCount: 2, errorCount: 1 }], nextPageToken: 'n' });
    expect(asked[0]?.searchParams.get('filter')).toBe(text);
    expect(asked[0]?.searchParams.get('pageSize')).toBe('100');
    const either = parseQuery('a=1 OR b=2');
    const query = {
      projects: 'all' as const,
      ...range,
      filter: either.ok ? either.filter : null,
      filterText: { text: 'a=1 OR b=2', language: 'query' as const },
      pageSize: 10,
    };
    await expect(google.listTraces(query)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect((await google.listTraces({ ...query, projects: ['other'] })).traces).toEqual([]);
  });

  it('passes on what Google says in our form, with the next step', async () => {
    const refuse = (status: number, message: string) =>
      source(() => ({ status, body: { error: { message, status: 'X' } } })).source.getTrace({
        projects: 'all',
        traceId,
      });
    await expect(refuse(403, 'The caller does not have permission')).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      details: { next_step: expect.stringContaining('roles/cloudtrace.user') },
    });
    await expect(refuse(429, 'Quota exceeded')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    await expect(refuse(400, 'Invalid filter')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(refuse(503, 'later')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(
      await source(() => ({ status: 404, body: {} })).source.getTrace({ projects: 'all', traceId }),
    ).toBeNull();
  });
});
