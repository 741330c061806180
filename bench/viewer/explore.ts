// Explore over many spans, in headless Chromium: from a click to charts, facets and the first page of the list.
// The data directory holds what `bench/store/load.ts` stores (a copy: the platform writes to it).
// node bench/viewer/explore.ts --data-dir DIR [--end 2026-11-22T14:00:00Z]

import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { RunningPlatform } from '../../e2e/platform/running-platform.ts';
import { launchBrowser } from '../../e2e/viewer/browser.ts';

const { values } = parseArgs({
  options: { 'data-dir': { type: 'string' }, end: { type: 'string', default: '2026-11-22T14:00:00Z' } },
});
if (values['data-dir'] === undefined) throw new Error('--data-dir: a directory with a store to look at');
const endMs = Date.parse(values.end);
const hour = 3_600_000;
const rounds = 5;
const typed = 'service=web-api status=error duration>=250ms http.request.method=GET OR name="GET /api" ';

const platform = await RunningPlatform.start({ dataDir: values['data-dir'] });
const browser = await launchBrowser();
try {
  const token = await platform.token();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.request.post(`${platform.url}/api/v1/session`, { data: { token } });
  const page = await context.newPage();
  for (const [what, hours, filter] of [
    ['24 hours, no filter', 24, ''],
    ['24 hours, failed spans of one service', 24, 'service=web-api status=error'],
    ['1 hour, no filter', 1, ''],
    ['24 hours, slowest', 24, ''],
  ] as const) {
    await measure(page, what, { hours, filter, order: what.endsWith('slowest') ? 'slowest' : '' });
  }
  await measureTyping(page);
} finally {
  await browser.close();
  await platform.stop();
}

interface View {
  readonly hours: number;
  readonly filter: string;
  readonly order: string;
}

/** Each round looks at a range of its own, a minute off, so that nothing is answered from a cache of the page. */
async function measure(page: Page, what: string, view: View): Promise<void> {
  const seen: Record<string, number[]> = {};
  const note = (part: string, ms: number) => {
    seen[part] = [...(seen[part] ?? []), ms];
  };
  for (let round = 0; round < rounds; round += 1) {
    const to = endMs - round * 60_000;
    const query = new URLSearchParams({
      from: new Date(to - view.hours * hour).toISOString(),
      to: new Date(to).toISOString(),
    });
    if (view.filter !== '') query.set('q', view.filter);
    if (view.order !== '') query.set('order', view.order);
    await page.goto(`${platform.url}/file`);
    await page.getByRole('heading', { name: /Open a trace/ }).waitFor();
    // As a link inside the page does it: the application stays. Watched from inside, without the ways of a test.
    const shown = await page.evaluate<Record<string, number>>(`new Promise((resolve) => {
      const parts = { charts: '.charts[aria-busy="false"]', 'first page': '[aria-label="Results"][aria-busy="false"]' };
      const shown = {};
      const started = performance.now();
      new MutationObserver((_, observer) => {
        for (const [part, selector] of Object.entries(parts))
          if (document.querySelector(selector) !== null) shown[part] ??= performance.now() - started;
        if (Object.keys(shown).length < 2) return;
        observer.disconnect();
        resolve(shown);
      }).observe(document.body, { childList: true, subtree: true, attributes: true });
      history.pushState({}, '', ${JSON.stringify(`/?${query}`)});
      dispatchEvent(new PopStateEvent('popstate'));
    })`);
    for (const [part, ms] of Object.entries(shown)) note(part, ms);
    await page.waitForLoadState('networkidle');
    const answers = await page.evaluate<[string, number][]>(
      `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/monitoring/'))
        .map(({ name, duration }) => [new URL(name).pathname.split('/').at(-1), duration])`,
    );
    for (const [name, duration] of answers) note(`GET ${name}`, duration);
  }
  const medians = Object.entries(seen).map(([part, all]) => `${part} ${median(all).toFixed(0)} ms`);
  console.log(`${what}: ${medians.join(', ')}`);
}

/** The longest stretch for which the page's thread answered nothing while somebody types, over the range of 24 hours. */
async function measureTyping(page: Page): Promise<void> {
  const query = new URLSearchParams({
    from: new Date(endMs - 24 * hour).toISOString(),
    to: new Date(endMs).toISOString(),
  });
  await page.goto(`${platform.url}/?${query}`);
  await page.locator('[aria-label="Results"][aria-busy="false"]').waitFor();
  await page.waitForLoadState('networkidle');
  await page.evaluate(`window.tasks = []; window.keys = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: 'longtask' });
    new PerformanceObserver((list) => keys.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: 'event', durationThreshold: 16 });`);
  const filter = page.getByRole('combobox', { name: 'Filter' });
  await filter.click();
  await filter.pressSequentially(typed, { delay: 60 });
  await page.waitForLoadState('networkidle');
  const { tasks, keys } = await page.evaluate<{ tasks: number[]; keys: number[] }>('({ tasks, keys })');
  const longest = (all: readonly number[], floor: string) =>
    all.length === 0 ? `none over ${floor}` : `${Math.max(...all).toFixed(0)} ms`;
  console.log(
    `typing ${typed.length} characters: longest task ${longest(tasks, '50 ms')}; longest from a key to its frame ${longest(keys, '16 ms')}`,
  );
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
}
