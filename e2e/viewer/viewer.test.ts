import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunningPlatform } from '../platform/running-platform.ts';
import { chromiumPath, launchBrowser, type Watched, watchedPage, withoutChromium } from './browser.ts';
import { idOf, otlpJson, post } from './traffic.ts';

const insights = 'GET /api/v1/insights';
const callerTrace = idOf('caller', 32);
const queueTrace = idOf('queue', 32);
const hostileName = '<img src=x onerror="document.title=1">"</script>';

const requests = 15;

interface Finger {
  readonly x: number;
  readonly y: number;
}

let platform: RunningPlatform;
let browser: Browser;
let context: BrowserContext;
let token: string;
let fastTrace = '';
let slowTrace = '';
let watched: Watched[] = [];

/** A page of the signed-in context. */
async function open(path: string, inContext = context): Promise<Page> {
  const one = await watchedPage(inContext, platform.url);
  watched.push(one);
  await one.page.goto(platform.url + path);
  return one.page;
}

async function signedInContext(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
  const signedIn = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC', ...options });
  const response = await signedIn.request.post(`${platform.url}/api/v1/session`, { data: { token } });
  expect(response.status()).toBe(201);
  return signedIn;
}

/** The platform's own route, with its slow path, its failing path and neither. */
async function makeTraffic(): Promise<void> {
  const ask = async (query: string): Promise<string> => {
    const answer = await fetch(`${platform.url}/api/v1/insights${query}`);
    await answer.text();
    return (answer.headers.get('x-cloud-trace-context') ?? '').slice(0, 32);
  };
  for (let round = 0; round < 12; round += 1) fastTrace = await ask('');
  [slowTrace] = await Promise.all([ask('?slow=1'), ask('?slow=1')]);
  await ask('?fail=1');
  const baseMs = Date.now() - 60_000;
  await post(
    platform.otlpHttpUrl,
    otlpJson({
      traceId: callerTrace,
      service: 'caller',
      baseMs,
      spans: [
        { id: 'root', name: hostileName, startMs: 0, endMs: 90 },
        {
          id: 'publish',
          parent: 'root',
          name: 'publish order',
          startMs: 10,
          endMs: 30,
          error: true,
          attributes: {
            'order.region': 'eu north "1"',
            'page.url': 'javascript:document.title=1',
            body: 'x'.repeat(200_000),
          },
          linkTo: { traceId: queueTrace, spanId: idOf('consume', 16) },
          exception: {
            type: 'OrderError',
            message: 'no stock',
            stack: 'OrderError: no stock\n    at publish (order.ts:7)',
          },
        },
        { id: 'orphan', parent: 'never sent', name: 'late child', startMs: 40, endMs: 50 },
      ],
    }),
  );
  await post(
    platform.otlpHttpUrl,
    otlpJson({
      traceId: queueTrace,
      service: 'worker',
      baseMs,
      spans: [{ id: 'consume', name: 'consume order', startMs: 100, endMs: 140 }],
    }),
  );
}

/** Until the store has what was just sent, and what the platform's own services export in their own time. */
async function untilReadable(): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const query = new URLSearchParams({ language: 'query', page_size: '100' });
  query.set('start_time', new Date(Date.now() - 900_000).toISOString());
  for (let attempt = 0; attempt < 300; attempt += 1) {
    query.set('end_time', new Date().toISOString());
    query.set('filter_str', `root="${insights}"`);
    const list = await fetch(`${platform.url}/api/v1/monitoring/traces?${query}`, { headers });
    const traces = (await list.json()) as { span_count: number; services: unknown[] }[];
    const whole = traces.filter(({ span_count, services }) => span_count > 8 && services.length === 3);
    const queue = await fetch(`${platform.url}/api/v1/monitoring/traces/${queueTrace}`, { headers });
    if (whole.length >= requests && queue.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the traffic did not become readable');
}

/** Moves fingers from one set of places to another, as a browser's own touch events. */
async function touch(page: Page, from: readonly Finger[], to: readonly Finger[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: readonly Finger[]) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: touchPoints.map((point, id) => ({ ...point, id })),
    });
  await send('touchStart', from);
  for (let step = 1; step <= 6; step += 1) {
    const at = from.map(({ x, y }, index) => ({
      x: x + (((to[index]?.x ?? x) - x) * step) / 6,
      y: y + (((to[index]?.y ?? y) - y) * step) / 6,
    }));
    await send('touchMove', at);
  }
  await send('touchEnd', []);
  await session.detach();
}

describe.skipIf(chromiumPath === null)(`the viewer in a browser${withoutChromium}`, () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([RunningPlatform.start(), launchBrowser()]);
    token = await platform.token('--role', 'viewer');
    await makeTraffic();
    await untilReadable();
    context = await signedInContext();
  });
  afterEach(async () => {
    const problems = watched.flatMap((one) => one.problems);
    await Promise.all(watched.map(({ page }) => page.close()));
    watched = [];
    expect(problems).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.[Symbol.asyncDispose]();
  });

  it('signs in with the printed link once, and with a token where one wanted to go', async () => {
    const fresh = await browser.newContext();
    const page = await open('', fresh);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto(platform.signInUrl);
    await page.getByRole('list', { name: 'Traces' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect((await page.goto(platform.signInUrl))?.status()).toBe(401);

    await page.goto(`${platform.url}/traces/${callerTrace}`);
    await page.getByLabel('Token').fill('not a token');
    await page.getByRole('button', { name: 'Sign in with token' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in with token' }).click();
    await page.getByRole('treeitem', { name: /publish order/ }).waitFor();
    await fresh.close();
  });

  it('finds the slow request, sees what held it up, and compares it with a fast one', async () => {
    const page = await open('/');
    const filter = page.getByRole('combobox', { name: 'Filter' });
    await filter.click();
    await filter.pressSequentially('roo');
    await page.getByRole('option', { name: /^root/ }).waitFor();
    await filter.press('Tab');
    await filter.pressSequentially('"GET /api/v1/i');
    await page.getByRole('option', { name: new RegExp(insights) }).waitFor();
    await filter.press('Tab');
    await filter.press('Enter');
    await page.getByRole('radio', { name: 'Slowest' }).click();
    await page.waitForURL(/order=slowest/);
    const rows = page.getByRole('list', { name: 'Traces' }).getByRole('listitem');
    await page.locator('[aria-label="Results"][aria-busy="false"]').waitFor();
    await rows.nth(14).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe(`root="${insights}"`);

    // By their ids: on a busy machine another request may have taken longer still.
    const rowOf = (traceId: string) => rows.filter({ has: page.locator(`a[href*="${traceId}"]`) });
    await rowOf(slowTrace).getByRole('button', { name: 'Choose this trace to compare' }).click();
    expect(new URL(page.url()).searchParams.get('a')).toBe(slowTrace);
    await rowOf(slowTrace).getByRole('link', { name: insights }).click();
    await page.getByRole('tree', { name: 'Spans of the trace' }).waitFor();
    await page.getByRole('button', { name: 'read archive' }).click();
    const panel = page.getByRole('complementary', { name: 'Span details' });
    await panel.getByText('On critical path').waitFor();
    expect(await panel.getByRole('heading', { level: 2 }).textContent()).toBe('read archive');
    expect(await panel.getByText('cache_miss').count()).toBe(1);

    await page.goBack();
    await page.goBack();
    await rowOf(fastTrace).getByRole('link', { name: 'Compare with the chosen trace' }).click();
    const table = page.getByRole('table');
    await table.getByRole('row', { name: /read archive/ }).waitFor();
    expect(await table.getByRole('row', { name: /read archive/ }).textContent()).toMatch(/only in A/);
    expect(new URL(page.url()).searchParams.get('a')).toBe(slowTrace);
    await page.getByRole('tab', { name: 'Side by side' }).click();
    await page.getByRole('region', { name: 'Trace B' }).getByRole('treeitem').first().waitFor();
  });

  it('shows an error with its stack, follows a link to another trace and comes back', async () => {
    const page = await open(`/traces/${callerTrace}`);
    await page.getByRole('treeitem', { name: /late child/ }).waitFor();
    await page.keyboard.press('e');
    const panel = page.getByRole('complementary', { name: 'Span details' });
    await panel.getByText('OrderError: no stock\n    at publish (order.ts:7)').waitFor();
    expect(await panel.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await panel.getByRole('button', { name: /all 200 k characters/ }).count()).toBe(1);
    await panel.getByRole('link', { name: new RegExp(queueTrace) }).click();
    await page.getByRole('treeitem', { name: /consume order/, selected: true }).waitFor();
    await page.goBack();
    await page.getByRole('treeitem', { name: /publish order/, selected: true }).waitFor();
    expect(await page.title()).not.toBe('1');
  });

  it('filters from a value, and a shared address shows the same in a fresh browser', async () => {
    const page = await open(`/traces/${callerTrace}?span=${idOf('publish', 16)}`);
    const panel = page.getByRole('complementary', { name: 'Span details' });
    await panel.getByRole('link', { name: /^Filter for order.region/ }).click();
    await page.getByRole('link', { name: hostileName }).waitFor();
    expect(
      await page
        .getByRole('listitem')
        .filter({ has: page.getByRole('link', { name: hostileName }) })
        .count(),
    ).toBe(1);
    expect(await page.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe(
      'order.region="eu north \\"1\\""',
    );

    const other = await signedInContext();
    const shared = await open(page.url().slice(platform.url.length), other);
    await shared.getByRole('link', { name: hostileName }).waitFor();
    expect(await shared.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe(
      'order.region="eu north \\"1\\""',
    );
    await other.close();
  });

  it('says where a filter is wrong and does not run it', async () => {
    const page = await open('/');
    const filter = page.getByRole('combobox', { name: 'Filter' });
    await filter.fill('duration>5x');
    await filter.press('Enter');
    await page.getByRole('alert').getByText('"5x" is no duration').waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBeNull();
  });

  it('selects an area of the heatmap by key and says what is different in it', async () => {
    const page = await open('/?from=now-15m');
    const heatmap = page.getByRole('application', { name: /Latency heatmap/ });
    // Before its cells are there, keys have nothing to choose.
    await page.locator('.charts[aria-busy="false"]').waitFor();
    await heatmap.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/sel=/);
    const box = await heatmap.boundingBox();
    if (box === null) throw new Error('the heatmap has no place');
    // The upper part of the chart: the slow spans.
    await page.mouse.move(box.x + box.width * 0.6, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 9, box.y + box.height * 0.4, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'What is different?' }).click();
    await page
      .getByRole('region', { name: 'What is different' })
      .getByText(/selected/)
      .waitFor();
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has('diff'));
  });

  it('moves through a trace by keys alone', async () => {
    const page = await open(`/traces/${callerTrace}`);
    const tree = page.getByRole('tree', { name: 'Spans of the trace' });
    await tree.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('treeitem', { name: /publish order/, selected: true }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('treeitem', { expanded: false }).waitFor();
    expect(await page.getByRole('treeitem').count()).toBe(2);
    await page.keyboard.press('w');
    await page.waitForURL(/zoom=/);
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).getByText('Next error').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await page.getByRole('application', { name: /Flame graph/ }).waitFor();
    await page.keyboard.press('3');
    await page.getByRole('row', { name: /publish order/ }).waitFor();
    await page.keyboard.press('4');
    await page.getByRole('application', { name: /Flame graph by time/ }).waitFor();
  });

  it('opens a dropped file without a session', async () => {
    const anonymous = await browser.newContext();
    const page = await open('/file', anonymous);
    const file = JSON.stringify(
      otlpJson({
        traceId: idOf('dropped', 32),
        service: 'from-a-file',
        baseMs: Date.UTC(2026, 0, 1),
        spans: [
          { id: 'f1', name: 'dropped root', startMs: 0, endMs: 10 },
          {
            id: 'f2',
            parent: 'f1',
            name: 'dropped child',
            startMs: 2,
            endMs: 5,
            attributes: { colour: 'blue' },
          },
        ],
      }),
    );
    const transfer = await page.evaluateHandle(
      `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(file)}], 'trace.json')); return data; })()`,
    );
    await page.getByRole('main').dispatchEvent('drop', { dataTransfer: transfer });
    await page.getByRole('treeitem', { name: /dropped child/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('child');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Span details' }).getByText('blue').waitFor();
    await anonymous.close();
  });

  it('offers the issuer that the platform names, beside the token', async () => {
    const anonymous = await browser.newContext();
    // What a platform with AUTH_ISSUER says; the flow behind the link is tested with a real issuer in web-api.
    await anonymous.route('**/api/v1/session/config', (route) =>
      route.fulfill({ json: { oidc: { issuer: 'https://id.example/realm', sign_in_url: '/sign-in/oidc' } } }),
    );
    const page = await open('/', anonymous);
    const link = page.getByRole('link', { name: 'Sign in with id.example' });
    expect(await link.getAttribute('href')).toBe('/sign-in/oidc');
    await anonymous.close();
  });

  it('asks again, and says nothing, when the browser gave a request up', async () => {
    const interrupted = await signedInContext();
    let aborted = 0;
    await interrupted.route('**/api/v1/monitoring/{traces,heatmap}?*', (route) => {
      aborted += 1;
      return aborted <= 2 ? route.abort('aborted') : route.continue();
    });
    const page = await open('/?from=now-15m', interrupted);
    await page.getByRole('list', { name: 'Traces' }).waitFor();
    await page.locator('.charts[aria-busy="false"]').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(aborted).toBeGreaterThan(3);
    await interrupted.close();
  });

  it('follows what arrives while live', async () => {
    const page = await open('/?from=now-15m');
    await page.getByRole('list', { name: 'Traces' }).waitFor();
    await page.keyboard.press('l');
    await page.waitForURL(/live=1/);
    const spans = [{ id: 'live', name: 'just arrived', startMs: 0, endMs: 5 }];
    const arrived = { traceId: idOf('live', 32), service: 'worker', baseMs: Date.now(), spans };
    await post(platform.otlpHttpUrl, otlpJson(arrived));
    await page.getByRole('link', { name: 'just arrived' }).waitFor();
    await page.getByRole('button', { name: 'Live' }).click();
    await page.waitForURL((url) => !url.searchParams.has('live'));
  });

  it('zooms by pinching and pans by a finger', async () => {
    const tablet = await signedInContext({ viewport: { width: 1000, height: 700 }, hasTouch: true });
    const page = await open(`/traces/${callerTrace}`, tablet);
    await page.getByRole('treeitem', { name: /late child/ }).waitFor();
    const y = (await page.locator('.waterfall').boundingBox())?.y ?? 0;
    const at = (x: number) => ({ x, y: y + 60 });
    await touch(page, [at(640), at(700)], [at(480), at(860)]);
    await page.waitForURL(/zoom=/);
    const zoomOf = () => (new URL(page.url()).searchParams.get('zoom') ?? '').split('-').map(Number);
    const [from = 0, to = 0] = zoomOf();
    expect(to - from).toBeLessThan(60e6);
    await touch(page, [at(800)], [at(600)]);
    await page.waitForURL((url) => url.searchParams.get('zoom') !== `${from}-${to}`);
    expect(new URL(page.url()).searchParams.get('span')).toBeNull();
    const [later = 0, end = 0] = zoomOf();
    expect(later).toBeGreaterThan(from);
    expect(Math.abs(end - later - (to - from))).toBeLessThan(2);
    await tablet.close();
  });

  it('copies links that open the same trace and span', async () => {
    const copying = await signedInContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await open(`/traces/${callerTrace}?span=${idOf('publish', 16)}&from=now-15m`, copying);
    const copied = async (name: string) => {
      await page.getByRole('button', { name }).click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      return page.evaluate<string>('navigator.clipboard.readText()');
    };
    const trace = `${platform.url}/traces/${callerTrace}`;
    expect(await copied('Copy a link to this span')).toBe(`${trace}?span=${idOf('publish', 16)}`);
    await page.getByRole('button', { name: 'Copy a link to this trace' }).waitFor();
    await page.getByRole('button', { name: 'Copied' }).waitFor({ state: 'detached' });
    expect(await copied('Copy a link to this trace')).toBe(trace);
    await copying.close();
  });

  it('analyses a large trace in a worker, under the policy of the page', async () => {
    const page = await open('/file');
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    const transfer = await page.evaluateHandle(`(() => {
      const hex = (n, digits) => (n + 1).toString(16).padStart(digits, '0');
      const spans = Array.from({ length: 21000 }, (_, n) => ({
        traceId: hex(6, 32), spanId: hex(n, 16), ...(n > 0 && { parentSpanId: hex((n - 1) >> 2, 16) }), name: 'op ' + n % 9,
        startTimeUnixNano: String(1767225600000000000n + BigInt(n) * 1000n), endTimeUnixNano: String(1767225600900000000n + BigInt(n)),
      }));
      const data = new DataTransfer();
      data.items.add(new File([JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })], 'large.json'));
      return data;
    })()`);
    await page.getByRole('main').dispatchEvent('drop', { dataTransfer: transfer });
    await page.getByRole('treeitem').first().waitFor();
    await page.keyboard.press('4');
    await page.getByRole('application', { name: /Flame graph by time/ }).waitFor();
    expect(workers).toHaveLength(1);
  });

  it('exports a trace that opens again', async () => {
    const page = await open(`/traces/${callerTrace}`);
    for (const [choice, pattern] of [
      ['OTLP JSON', /"resourceSpans"/],
      ['Chrome trace, for Perfetto', /"traceEvents"/],
    ] as const) {
      await page.getByRole('button', { name: 'Export' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: choice }).click();
      const stream = await (await download).createReadStream();
      expect(Buffer.concat(await stream.toArray()).toString()).toMatch(pattern);
    }
  });

  const pages: readonly { path: string; ready: (page: Page) => Locator }[] = [
    { path: '/?from=now-15m', ready: (page) => page.getByRole('list', { name: 'Traces' }) },
    {
      path: `/traces/${callerTrace}?span=${idOf('publish', 16)}`,
      ready: (page) => page.getByText('OrderError').first(),
    },
    {
      path: `/traces/${callerTrace}?view=table`,
      ready: (page) => page.getByRole('row', { name: /publish order/ }),
    },
    {
      path: `/compare?a=${callerTrace}&b=${queueTrace}`,
      ready: (page) => page.getByRole('row', { name: /publish/ }),
    },
    {
      path: `/traces/${callerTrace}?view=lanes`,
      ready: (page) => page.getByRole('application', { name: /Flame graph by time/ }),
    },
    {
      path: '/services?service=web-api',
      ready: (page) => page.getByRole('region', { name: 'Operations', exact: true }),
    },
    { path: '/map', ready: (page) => page.getByRole('link', { name: /worker/ }) },
    { path: '/file', ready: (page) => page.getByRole('heading', { name: /Open a trace/ }) },
  ];

  it('has no accessibility faults that axe can find, dark or light', async () => {
    const page = await open('/file');
    for (const { path, ready } of pages) {
      await page.goto(platform.url + path);
      await ready(page).waitFor();
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        // Without frames there is nothing for a second page to collect, which would take as long again.
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        const faults = violations.flatMap(({ id, nodes }) =>
          nodes.slice(0, 3).map(({ html }) => `${path} ${colorScheme} ${id}: ${html}`),
        );
        expect(faults).toEqual([]);
      }
    }
  });

  it('fits a telephone of 375 pixels', async () => {
    const small = await signedInContext({ viewport: { width: 375, height: 740 }, hasTouch: true });
    const page = await open('/file', small);
    for (const { path, ready } of pages) {
      await page.goto(platform.url + path);
      await ready(page).waitFor();
      const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      expect(`${path} ${overflow}`).toBe(`${path} 0`);
    }
    await small.close();
  });
});
