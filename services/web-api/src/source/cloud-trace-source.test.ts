import { parseCloudTraceFilter, parseQuery, parseTimestamp, type Span } from '@utxoiq/model';
import { CloudTraceClient } from '@utxoiq/tracing/cloud-trace';
import { describe, expect, it } from 'vitest';
import { CloudTraceSource } from './cloud-trace-source.ts';

const traceId = 'a'.repeat(32);
const range = { startUnixNano: 1n, endUnixNano: 2n };

/** A source over a client that is answered by `respond` instead of by Google. */
function source(respond: (url: URL) => { status?: number; body: object }) {
  const asked: URL[] = [];
  let now = 0;
  const client = new CloudTraceClient({
    projectId: 'prod',
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
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

  it('lists with counts, and passes the filter on as it was typed', async () => {
    const { source: google, asked } = source(() => ({ body: { traces: [trace], nextPageToken: 'n' } }));
    const text = '+root:/root latency:1s';
    const parsed = parseCloudTraceFilter(text);
    const filter = parsed.ok ? parsed.filter : null;
    const page1 = {
      projects: 'all' as const,
      ...range,
      filter,
      filterText: { text, language: 'cloud-trace' as const },
      pageSize: 1000,
      orderBy: 'duration desc' as const,
    };
    const page = await google.listTraces(page1);
    expect(page).toMatchObject({ traces: [{ spanCount: 2, errorCount: 1 }], nextPageToken: 'n' });
    expect(asked[0]?.searchParams.get('filter')).toBe(text);
    expect(asked[0]?.searchParams.get('pageSize')).toBe('100');
    expect((await google.listTraces({ ...page1, projects: ['other'] })).traces).toEqual([]);
  });

  it("filters here what Google's language cannot say, after what it can, and goes on where a page ended", async () => {
    const pages = new Map(
      [0, 1, 2].map((page) => [
        page === 0 ? null : String(page),
        [0, 1, 2].map((place) => ({
          ...trace,
          traceId: `${page}${place}`.padEnd(32, '0'),
          // The last page's are all alike; of the others one in three is.
          spans: trace.spans.map((span) => ({
            ...span,
            labels: { 'order.id': page === 2 ? '0' : `${place}` },
          })),
        })),
      ]),
    );
    const { source: google, asked } = source((url) => {
      const page = url.searchParams.get('pageToken');
      const next = Number(page ?? 0) + 1;
      return { body: { traces: pages.get(page), ...(next < 3 ? { nextPageToken: String(next) } : {}) } };
    });
    const list = async (text: string, pageSize: number, pageToken?: string) => {
      const parsed = parseQuery(text);
      const { traces, nextPageToken, partial } = await google.listTraces({
        projects: 'all',
        ...range,
        filter: parsed.ok ? parsed.filter : null,
        filterText: { text, language: 'query' },
        pageSize,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      expect(partial).toBeNull();
      return { ids: traces.map(({ traceId }) => traceId.slice(0, 2)), next: nextPageToken ?? undefined };
    };
    expect(await list('(order.id=0 OR order.id=7) AND root=/root', 100)).toEqual({
      ids: ['00', '10', '20', '21', '22'],
      next: undefined,
    });
    expect(asked.map(({ searchParams }) => searchParams.get('filter'))).toEqual(Array(3).fill('+root:/root'));
    const ids: string[] = [];
    let next: string | undefined;
    do {
      const page = await list('order.id=0 OR order.id=7', 2, next);
      ids.push(...page.ids);
      next = page.next;
    } while (next !== undefined);
    expect(ids).toEqual(['00', '10', '20', '21', '22']);
    expect((await list('NOT order.id=0', 100)).ids).toEqual(['01', '02', '11', '12']);
    await expect(list('a=1 OR b=2', 10, 'forged')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('reads so much for a filtered page and no more, and says so', async () => {
    const { source: google, asked } = source(() => ({ body: { traces: [trace], nextPageToken: 'more' } }));
    const parsed = parseQuery('a=1 OR b=2');
    const page = await google.listTraces({
      projects: 'all',
      ...range,
      filter: parsed.ok ? parsed.filter : null,
      pageSize: 10,
    });
    expect(page).toMatchObject({
      traces: [],
      partial: { reason: 'limit' },
      nextPageToken: expect.any(String),
    });
    expect(asked).toHaveLength(4);
  });

  it('makes charts, facets and comparison from the newest traces, and asks once for a page of them', async () => {
    const { source: google, asked } = source((url) => ({
      body: { traces: [trace], ...(url.searchParams.has('pageToken') ? {} : { nextPageToken: 'n' }) },
    }));
    const day = {
      projects: 'all' as const,
      startUnixNano: parseTimestamp('2026-11-22T00:00:00Z') ?? 0n,
      endUnixNano: parseTimestamp('2026-11-23T00:00:00Z') ?? 0n,
    };
    const parsed = parseQuery('status:error OR name=nothing');
    const failed = { ...day, filter: parsed.ok ? parsed.filter : null };
    const { analysis } = google;
    const [services, facets, series, heatmap, spans] = await Promise.all([
      analysis.services(day),
      analysis.facets({ ...day, filter: null, keys: ['name', 'status'] }),
      analysis.timeseries({ ...day, filter: null, groupBy: 'operation' }),
      analysis.heatmap({ ...day, filter: null }),
      analysis.listSpans({ ...day, filter: null, orderBy: 'duration desc', pageSize: 1 }),
    ]);
    expect(services).toMatchObject([
      { service: 'web-api', count: 2, errors: 0, p50: 1e9 },
      { service: '', count: 2, errors: 2, p99: 2e9 },
    ]);
    expect(facets[1]?.values).toEqual([
      { value: 'error', count: 2 },
      { value: 'unset', count: 2 },
    ]);
    expect(series.series.map(({ key, points }) => [key, points[0]?.count])).toEqual([
      [' /child', 2],
      ['web-api /root', 2],
    ]);
    expect(heatmap.cells.reduce((sum, { count }) => sum + count, 0)).toBe(4);
    expect(heatmap.durationEdges[0]).toBeLessThanOrEqual(1e9);
    expect(heatmap.durationEdges.at(-1)).toBeGreaterThan(2e9);
    expect(spans).toMatchObject({ spans: [{ name: '/child' }], nextPageToken: '1', partial: null });
    expect(asked).toHaveLength(2);
    // Google cannot say OR: the same traces are asked for, and the filter is applied here.
    const both = await analysis.facets({ ...failed, keys: ['name'] });
    expect(both).toEqual([{ key: 'name', values: [{ value: '/child', count: 2 }], partial: null }]);
    const compared = await analysis.compare({
      ...day,
      filter: null,
      selection: { ...day, minDurationNanos: 1_500_000_000n },
    });
    expect(compared).toMatchObject({ selectedCount: 2, baselineCount: 2 });
    expect(compared.differences[0]).toMatchObject({ score: 1 });
    expect(await analysis.dependencies(day)).toEqual([
      { parent: 'web-api', child: '', count: 2, errors: 2, p50: 2e9, p95: 2e9, p99: 2e9 },
    ]);
    await expect(analysis.deleteTrace({ projects: 'all', traceId })).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
    });
  });

  it('says that a sample is not all', async () => {
    const { source: google } = source(() => ({ body: { traces: [trace], nextPageToken: 'more' } }));
    const page = Array.from({ length: 100 }, () => trace);
    const { source: full, asked } = source(() => ({ body: { traces: page, nextPageToken: 'more' } }));
    expect(await full.analysis.partialOf?.({ projects: 'all', ...range })).toEqual({ reason: 'sample' });
    expect(asked).toHaveLength(2);
    expect(await google.analysis.partialOf?.({ projects: ['other'], ...range })).toBeNull();
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
