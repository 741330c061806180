import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { callerTrace, hostileName, idOf, queueTrace } from '../traffic.ts';
import type { Scenario } from '../visitor.ts';

interface PageUnderTest {
  readonly path: string;
  readonly ready: (page: Page) => Locator;
  readonly anonymous?: true;
}

const pages: readonly PageUnderTest[] = [
  { path: '/?from=now-15m', ready: (page) => page.getByRole('list', { name: 'Traces' }) },
  { path: '/?from=now-15m&list=spans', ready: (page) => page.getByRole('list', { name: 'Spans' }) },
  {
    path: `/traces/${callerTrace}?span=${idOf('publish', 16)}`,
    ready: (page) => page.getByText('OrderError').first(),
  },
  {
    path: `/traces/${callerTrace}?view=table`,
    ready: (page) => page.getByRole('row', { name: /publish order/ }),
  },
  {
    path: `/traces/${callerTrace}?view=flame`,
    ready: (page) => page.getByRole('application', { name: /Flame graph/ }),
  },
  {
    path: `/traces/${callerTrace}?view=lanes`,
    ready: (page) => page.getByRole('application', { name: /Flame graph by time/ }),
  },
  { path: `/traces/${'1'.repeat(32)}`, ready: (page) => page.getByRole('alert') },
  {
    path: `/compare?a=${callerTrace}&b=${queueTrace}`,
    ready: (page) => page.getByRole('row', { name: /publish/ }),
  },
  {
    path: `/compare?a=${callerTrace}&b=${queueTrace}&view=side`,
    ready: (page) => page.getByRole('treeitem').last(),
  },
  { path: '/nowhere', ready: (page) => page.getByRole('heading', { name: 'There is no such page' }) },
  { path: '/compare', ready: (page) => page.getByRole('heading', { name: 'Compare two traces' }) },
  {
    path: '/services?service=web-api',
    ready: (page) => page.getByRole('region', { name: 'Operations', exact: true }),
  },
  { path: '/map', ready: (page) => page.getByRole('link', { name: /worker/ }) },
  { path: '/alerts', ready: (page) => page.getByRole('link', { name: 'Slow requests' }) },
  { path: '/alerts?rule=new', ready: (page) => page.getByText(/^Would (not )?have fired/) },
  { path: '/file', ready: (page) => page.getByRole('heading', { name: /Open a trace/ }), anonymous: true },
  { path: '/', ready: (page) => page.getByRole('heading', { name: 'Sign in' }), anonymous: true },
];

async function faultsOf(page: Page, rules?: string[]): Promise<string[]> {
  // Without frames there is nothing for a second page to collect, which would take as long again.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html}`));
}

export function pageScenarios(scenario: Scenario): void {
  for (const { path, ready, anonymous = false } of pages) {
    const what = path.replaceAll(/[0-9a-f]{16,}/g, (id) => `${id.slice(0, 4)}…`);
    scenario(
      `has no fault that axe can find, dark or light, and fits a telephone: ${what}`,
      async (visitor) => {
        const page = await visitor.open(path);
        await ready(page).waitFor();
        await page.emulateMedia({ colorScheme: 'dark' });
        expect(await faultsOf(page)).toEqual([]);
        await page.emulateMedia({ colorScheme: 'light' });
        await page.locator('html[data-theme="light"]').waitFor();
        expect(await faultsOf(page, ['color-contrast'])).toEqual([]);
        await page.setViewportSize({ width: 375, height: 740 });
        expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
      },
      { anonymous },
    );
  }

  scenario('runs no script but its own files', async (visitor) => {
    const page = await visitor.context.newPage();
    const response = await page.goto(`${visitor.origin}/file`);
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)|\*/);
    await page.evaluate(`window.violated = new Promise((resolve) =>
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective)));
      const script = document.createElement('script');
      script.textContent = 'document.title = 1';
      document.body.append(script);`);
    expect(await page.evaluate('window.violated')).toBe('script-src-elem');
    await page.evaluate(`document.body.innerHTML = ${JSON.stringify(hostileName)}; undefined`);
    expect(await page.title()).not.toBe('1');
  });
}
