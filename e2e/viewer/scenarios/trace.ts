import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { callerTrace, hostileName, idOf, wideTrace } from '../traffic.ts';
import { dropFile, type Scenario } from '../visitor.ts';

interface Finger {
  readonly x: number;
  readonly y: number;
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

/** The stretch of time in the address, in nanoseconds. */
function zoomOf(page: Page): { readonly from: number; readonly to: number } {
  const [from = 0, to = 0] = (new URL(page.url()).searchParams.get('zoom') ?? '').split('-').map(Number);
  return { from, to };
}

/** What the export menu gives for a choice. */
async function exported(page: Page, choice: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: choice, exact: true }).click();
  const chunks: Buffer[] = await (await (await download).createReadStream()).toArray();
  return Buffer.concat(chunks);
}

export function traceScenarios(scenario: Scenario): void {
  scenario('moves through a trace by keys alone', async (visitor) => {
    const page = await visitor.open(`/traces/${callerTrace}`);
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
    const flame = page.getByRole('application', { name: /Flame graph by time/ });
    await flame.focus();
    await page.keyboard.press('ArrowUp');
    await page.waitForURL((url) => url.searchParams.get('span') === idOf('root', 16));
    await page.keyboard.press('ArrowDown');
    await page.waitForURL((url) => url.searchParams.get('span') === idOf('publish', 16));
    await page.getByRole('status').getByText('publish order, caller, 20 ms').waitFor();
  });

  scenario('collapses by depth and by service, and moves clocks only when asked', async (visitor) => {
    const page = await visitor.open(`/traces/${visitor.stage.slowTrace}`);
    const rows = page.getByRole('treeitem');
    await page.getByRole('treeitem', { name: /read archive/ }).waitFor();
    const all = await rows.count();
    await page.getByRole('button', { name: 'Collapse' }).click();
    await page.getByRole('button', { name: '0', exact: true }).click();
    await page.waitForURL(/closed=d0/);
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('button', { name: 'Expand all' }).click();
    await expect.poll(() => rows.count()).toBe(all);
    await page.getByRole('button', { name: 'feature-engine' }).click();
    await page.getByRole('treeitem', { name: /read archive/ }).waitFor({ state: 'detached' });

    expect(await page.getByText(/Clock skew/).count()).toBe(0);
    await page.getByRole('button', { name: 'Adjust skew' }).click();
    await page
      .getByRole('status')
      .getByText(/Clock skew/)
      .waitFor();
    await page.getByRole('button', { name: 'Show recorded times' }).click();
    await page.getByText(/Clock skew/).waitFor({ state: 'detached' });
  });

  for (const [view, ready] of [
    ['waterfall', 'tree'],
    ['lanes', 'application'],
  ] as const) {
    scenario(
      `zooms by pinching and pans by a finger in the ${view}`,
      async (visitor) => {
        const page = await visitor.open(`/traces/${callerTrace}?view=${view}`);
        await page.getByRole(ready).waitFor();
        const y = (await page.locator('.waterfall-scroll').boundingBox())?.y ?? 0;
        const at = (x: number) => ({ x, y: y + 34 });
        await touch(page, [at(640), at(700)], [at(480), at(860)]);
        // The address follows once the fingers rest, and on a busy machine also while they move.
        const wide = () => zoomOf(page).to - zoomOf(page).from;
        const pinched = (90e6 * (700 - 640)) / (860 - 480);
        await expect.poll(() => Math.abs(wide() - pinched)).toBeLessThan(1e5);
        const before = zoomOf(page);
        await touch(page, [at(800)], [at(600)]);
        await expect.poll(() => zoomOf(page).from).toBeGreaterThan(before.from);
        expect(Math.abs(wide() - pinched)).toBeLessThan(1e5);
        expect(new URL(page.url()).searchParams.get('span')).toBeNull();
      },
      { viewport: { width: 1000, height: 700 }, hasTouch: true },
    );
  }

  scenario(
    'copies links that open the same trace and span',
    async (visitor) => {
      const page = await visitor.open(`/traces/${callerTrace}?span=${idOf('publish', 16)}&from=now-15m`);
      // Not by the word "Copied": it stands there for a moment only, which a busy machine may miss.
      const copies = async (name: string, link: string) => {
        await page.getByRole('button', { name }).click();
        await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(link);
      };
      const trace = `${visitor.origin}/traces/${callerTrace}`;
      await copies('Copy a link to this span', `${trace}?span=${idOf('publish', 16)}`);
      await copies('Copy a link to this trace', trace);
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  );

  scenario('analyses a large trace in a worker, under the policy of the page', async (visitor) => {
    const page = await visitor.open('/file');
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    const spans = Array.from({ length: 21_000 }, (_, n) => ({
      traceId: '6'.repeat(32),
      spanId: (n + 1).toString(16).padStart(16, '0'),
      ...(n > 0 && { parentSpanId: (((n - 1) >> 2) + 1).toString(16).padStart(16, '0') }),
      name: `op ${n % 9}`,
      startTimeUnixNano: String(1767225600000000000n + BigInt(n) * 1000n),
      endTimeUnixNano: String(1767225600900000000n + BigInt(n)),
    }));
    await dropFile(page, 'large.json', JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    await page.getByRole('treeitem').first().waitFor();
    await page.keyboard.press('4');
    await page.getByRole('application', { name: /Flame graph by time/ }).waitFor();
    expect(workers).toHaveLength(1);
  });

  scenario('exports a trace, as data and as a picture of all of it, and prints it', async (visitor) => {
    const page = await visitor.open(`/traces/${callerTrace}`);
    await page.getByRole('treeitem').first().waitFor();
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.locator('html[data-theme="light"]').waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'hidden' });
    expect(await page.getByRole('heading', { name: hostileName }).isVisible()).toBe(true);
    expect((await page.locator('.waterfall-canvas').boundingBox())?.height).toBeGreaterThan(100);
    await page.emulateMedia({ media: 'screen', forcedColors: 'active' });
    // The rows for screen readers lie over the drawn ones: high contrast must not show both.
    const row = "getComputedStyle(document.querySelector('[role=treeitem]'))";
    expect(await page.evaluate(`${row}.color`)).toBe('rgba(0, 0, 0, 0)');
    await page.emulateMedia({ media: 'screen', forcedColors: 'none' });
    await page.evaluate('window.dispatchEvent(new Event("afterprint"))');
    await page.locator('html[data-theme="dark"]').waitFor();

    expect(JSON.parse(`${await exported(page, 'JSON')}`)).toMatchObject({
      trace_id: callerTrace,
      span_count: 3,
    });
    expect(`${await exported(page, 'OTLP JSON')}`).toContain('"resourceSpans"');
    expect(`${await exported(page, 'Chrome trace, for Perfetto')}`).toContain('"traceEvents"');

    await page.goto(`${visitor.origin}/traces/${wideTrace}`);
    await page.getByRole('treeitem').first().waitFor();
    const picture = await exported(page, 'Picture (PNG)');
    const [width, height] = [picture.readUInt32BE(16), picture.readUInt32BE(20)];
    const shown = await page.locator('.waterfall').boundingBox();
    expect(width).toBeGreaterThanOrEqual(shown?.width ?? Number.POSITIVE_INFINITY);
    // As tall as a canvas may be: 1,501 rows have no room in it.
    expect(height).toBeGreaterThan(15_000);
    expect(height).toBeLessThanOrEqual(16_384);
  });
}
