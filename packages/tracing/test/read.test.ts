import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MonitoringApi } from '../src/read/monitoring-api.ts';
import { VERSION } from '../src/version.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

function api(answer: () => Response, token: string | (() => Promise<string>) = 'secret') {
  const asked: { url: string; authorization: string | null }[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked.push({ url: String(input), authorization: new Headers(init?.headers).get('authorization') });
    return answer();
  };
  return { reader: new MonitoringApi('http://api/', token, fetch), asked };
}

describe('reading traces', () => {
  it('gets a trace with the token', async () => {
    const { reader, asked } = api(() => Response.json({ trace_id: TRACE, spans: [], span_count: 0 }));
    expect(await reader.getTrace(TRACE)).toMatchObject({ trace_id: TRACE });
    expect(asked).toEqual([
      { url: `http://api/api/v1/monitoring/traces/${TRACE}`, authorization: 'Bearer secret' },
    ]);
  });

  it('lists a page and knows the next', async () => {
    const link = '</api/v1/monitoring/traces?page_token=abc&page_size=2>; rel="next"';
    const answer = () => Response.json([{ trace_id: TRACE }], { headers: { link } });
    const { reader, asked } = api(answer, async () => 'fresh');
    const page = await reader.listTraces({
      startTime: new Date(0),
      endTime: '2026-01-01T00:00:00Z',
      filter: '+root:/x latency:1s',
      pageSize: 2,
      orderBy: 'duration desc',
    });
    expect(page).toHaveLength(1);
    expect(page.nextPageToken).toBe('abc');
    const query = Object.fromEntries(new URL(asked[0]?.url ?? '').searchParams);
    expect(query).toEqual({
      start_time: '1970-01-01T00:00:00.000Z',
      end_time: '2026-01-01T00:00:00Z',
      filter_str: '+root:/x latency:1s',
      page_size: '2',
      order_by: 'duration desc',
    });
    expect(asked[0]?.authorization).toBe('Bearer fresh');
  });

  it.each([
    [404, 'TRACE_NOT_FOUND'],
    [401, 'READ_REFUSED'],
    [503, 'READ_FAILED'],
  ])('answers HTTP %d with %s', async (status, code) => {
    const { reader } = api(() => new Response('{"detail":"why"}', { status }));
    await expect(reader.getTrace(TRACE)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('why'),
    });
  });

  it.each(['<html>', '', 'null', '5', '{}'])('says so where the answer is none: %j', async (body) => {
    const { reader } = api(() => new Response(body));
    await expect(reader.getTrace(TRACE)).rejects.toMatchObject({ code: 'READ_FAILED' });
    const page = reader.listTraces({ startTime: 0, endTime: 1 });
    await expect(page).rejects.toMatchObject({ code: 'READ_FAILED' });
  });

  it('takes a link to nowhere for none', async () => {
    const { reader } = api(() => Response.json([], { headers: { link: '<http://[bad>; rel="next"' } }));
    expect(await reader.listTraces({ startTime: 0, endTime: 1 })).not.toHaveProperty('nextPageToken');
  });

  it('refuses a malformed id without asking', async () => {
    const { reader, asked } = api(() => Response.json({}));
    await expect(reader.getTrace('abc')).rejects.toMatchObject({ code: 'BAD_OPTION' });
    expect(asked).toHaveLength(0);
  });
});

describe('what must agree', () => {
  const root = new URL('../../..', import.meta.url);
  const text = (path: string) => readFileSync(new URL(path, root), 'utf8');

  it('the version and package.json', () => {
    expect(JSON.parse(text('packages/tracing/package.json')).version).toBe(VERSION);
  });
});
