import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startGoogleStandIn } from '../../packages/tracing/test/google-stand-in.ts';
import { openLocalCloud } from '../../services/web-api/src/cloud-trace/local/local-cloud.ts';
import { startPlatform } from '../../services/web-api/test/cloud-trace/platform.ts';
import { chromiumPath, launchBrowser, withoutChromium } from './browser.ts';

// The viewer over TRACE_SOURCE=cloud-trace: nothing is stored here, all comes from Google's API, for which a stand-in
// answers on the wire. More traces than the sample that charts are made from.
const TRACES = 250;
const traceId = (index: number) => (index + 1).toString(16).padStart(32, '0');

/** Complete since long, in the last hour: newest first, as the list is asked for. */
function traceAt(index: number, now: number) {
  const start = now - 600_000 - index * 1000;
  const time = (ms: number) => new Date(start + ms).toISOString();
  const labels = { 'service.name': 'web-api', '/http/method': 'GET', 'http.response.status_code': '200' };
  const shard = index % 50 === 0 ? 'rare' : 'usual';
  return [
    {
      spanId: '1',
      kind: 'RPC_SERVER',
      name: `/page/${index}`,
      startTime: time(0),
      endTime: time(100),
      labels,
    },
    {
      spanId: '2',
      parentSpanId: '1',
      kind: 'RPC_CLIENT',
      name: 'read archive',
      startTime: time(10),
      endTime: time(90),
      labels: { 'service.name': 'web-api', shard, 'g.co/status/code': index === 0 ? '5' : '0' },
    },
  ];
}

let google: Awaited<ReturnType<typeof startGoogleStandIn>>;
let platform: Awaited<ReturnType<typeof startPlatform>>;
let browser: Browser;
let context: BrowserContext;

/** A page of the signed-in context; it may throw nothing and ask nobody but the platform. */
async function open(path: string): Promise<{ page: Page; problems: string[] }> {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(platform.url)) problems.push(`request to ${request.url()}`);
  });
  page.setDefaultTimeout(90_000);
  await page.goto(platform.url + path);
  return { page, problems };
}

describe.skipIf(chromiumPath === null)(`the viewer on Google's data${withoutChromium}`, () => {
  beforeAll(async () => {
    google = await startGoogleStandIn({ projectId: 'test-project', acceptsToken: () => true });
    platform = await startPlatform({ TRACE_SOURCE: 'cloud-trace', CLOUD_TRACE_ENDPOINT: google.url });
    const { account } = await openLocalCloud(platform.dataDir, 'test-project');
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', account.keyFilePath);
    const now = Date.now();
    for (let index = 0; index < TRACES; index++) google.traces.set(traceId(index), traceAt(index, now));
    browser = await launchBrowser();
    context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC' });
    const data = { token: platform.viewer };
    expect((await context.request.post(`${platform.url}/api/v1/session`, { data })).status()).toBe(201);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await browser?.close();
    await platform?.stop();
    await google?.stop();
  });

  it('says what Google refused, and what to do about it', async () => {
    google.state.mayRead = false;
    onTestFinished(() => {
      google.state.mayRead = true;
    });
    const { page, problems } = await open(`/traces/${'f'.repeat(32)}`);
    await page
      .getByText(/Google answered 403 PERMISSION_DENIED: The caller does not have permission/)
      .waitFor();
    await page.getByText(/--role=roles\/cloudtrace\.user/).waitFor();
    const answer = await context.request.get(`${platform.url}/api/v1/monitoring/traces/${'f'.repeat(32)}`);
    expect(answer.status()).toBe(502);
    expect(await answer.json()).toMatchObject({
      next_step: expect.stringContaining('roles/cloudtrace.user'),
    });
    expect(problems).toEqual([]);
    await page.close();
  });

  it('lists traces, says that the charts are of a sample, filters with OR, opens a trace', async () => {
    const { page, problems } = await open('/');
    const rows = page.getByRole('list', { name: 'Traces' }).getByRole('listitem');
    await rows.filter({ hasText: '/page/0' }).first().waitFor();
    await page.getByText(/^This is a part of the answer: it was made from the newest 200 traces/).waitFor();

    const filter = page.getByRole('combobox', { name: 'Filter' });
    await filter.fill('shard=rare OR shard=unknown');
    await filter.press('Enter');
    await page.locator('[aria-label="Results"][aria-busy="false"]').waitFor();
    await expect
      .poll(() => rows.getByRole('link', { name: /^\/page\// }).allTextContents())
      .toEqual(['/page/0', '/page/50', '/page/100', '/page/150', '/page/200']);

    await rows.getByRole('link', { name: '/page/0' }).click();
    await page.getByRole('treeitem', { name: /read archive/ }).waitFor();
    await page.getByRole('button', { name: 'read archive' }).click();
    const panel = page.getByRole('complementary', { name: 'Span details' });
    await panel.getByText('rare').first().waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });
});
