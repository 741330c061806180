import { expect } from 'vitest';
import { callerTrace, hostileName, idOf, insightsRoute, queueTrace } from '../traffic.ts';
import { type Scenario, Visitor } from '../visitor.ts';

/** What a person on call does, from the list to the cause. */
export function onCallScenarios(scenario: Scenario): void {
  scenario(
    'finds the slow request, sees what held it up, and compares it with a fast one',
    async (visitor) => {
      const { slowTrace, fastTrace } = visitor.stage;
      const page = await visitor.open('/');
      const filter = page.getByRole('combobox', { name: 'Filter' });
      await filter.click();
      await filter.pressSequentially('roo');
      await page.getByRole('option', { name: /^root/ }).waitFor();
      await filter.press('Tab');
      await filter.pressSequentially('"GET /api/v1/i');
      await page.getByRole('option', { name: new RegExp(insightsRoute) }).waitFor();
      await filter.press('Tab');
      await filter.press('Enter');
      await page.getByRole('radio', { name: 'Slowest' }).click();
      await page.waitForURL(/order=slowest/);
      const rows = page.getByRole('list', { name: 'Traces' }).getByRole('listitem');
      await page.locator('[aria-label="Results"][aria-busy="false"]').waitFor();
      await rows.nth(14).waitFor();
      expect(new URL(page.url()).searchParams.get('q')).toBe(`root="${insightsRoute}"`);

      // By its id: on a busy machine another request may have taken longer still.
      const rowOf = (traceId: string) =>
        rows.filter({ has: page.locator(`a.row-link[href^="/traces/${traceId}"]`) });
      await rowOf(slowTrace).getByRole('button', { name: 'Choose this trace to compare' }).click();
      await page.waitForURL((url) => url.searchParams.get('a') === slowTrace);
      await rowOf(slowTrace).getByRole('link', { name: insightsRoute }).click();
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
      await page.getByRole('button', { name: 'Only differences' }).click();
      await page.waitForURL(/only=different/);
      await page.getByRole('tab', { name: 'Side by side' }).click();
      await page.getByRole('region', { name: 'Trace B' }).getByRole('treeitem').first().waitFor();
    },
  );

  scenario(
    'sees an error with its stack, follows a link to another trace and comes back',
    async (visitor) => {
      const page = await visitor.open(`/traces/${callerTrace}`);
      await page.getByRole('treeitem', { name: /late child/ }).waitFor();
      await page.keyboard.press('e');
      const panel = page.getByRole('complementary', { name: 'Span details' });
      await panel.getByText('OrderError: no stock\n    at publish (order.ts:7)').waitFor();
      await panel.getByRole('button', { name: /all 200 k characters/ }).click();
      await panel.getByText('Raw JSON').click();
      // Whatever scrolls in its own box, the keys reach.
      const boxes = panel.locator('pre');
      await expect.poll(() => boxes.count()).toBe(3);
      for (const box of await boxes.all()) {
        await box.focus();
        await panel.locator('pre:focus').waitFor();
        expect(await panel.locator('pre:focus').textContent()).toBe(await box.textContent());
      }
      await panel.getByRole('link', { name: new RegExp(queueTrace) }).click();
      await page.getByRole('treeitem', { name: /consume order/, selected: true }).waitFor();
      await page.goBack();
      await page.getByRole('treeitem', { name: /publish order/, selected: true }).waitFor();
    },
  );

  scenario('filters from a value, and the address shows the same in another browser', async (visitor) => {
    const page = await visitor.open(`/traces/${callerTrace}?span=${idOf('publish', 16)}`);
    const panel = page.getByRole('complementary', { name: 'Span details' });
    await panel.getByRole('link', { name: /^Filter for order.region/ }).click();
    await page.getByRole('link', { name: hostileName }).waitFor();
    const rows = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: hostileName }) });
    await expect.poll(() => rows.count()).toBe(1);
    const wanted = 'order.region="eu north \\"1\\""';
    expect(await page.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe(wanted);

    await using other = await Visitor.enter(visitor.stage);
    const shared = await other.open(page.url().slice(visitor.origin.length));
    await shared.getByRole('link', { name: hostileName }).waitFor();
    expect(await shared.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe(wanted);
    expect(other.problems).toEqual([]);
  });

  scenario('never takes what a trace holds for HTML or an address to run', async (visitor) => {
    const page = await visitor.open(`/traces/${callerTrace}?span=${idOf('publish', 16)}`);
    const panel = page.getByRole('complementary', { name: 'Span details' });
    await panel.getByText(hostileName).first().waitFor();
    expect(await panel.getByText('javascript:document.title=1').count()).toBe(1);
    expect(await page.locator('a[href^="javascript"], img').count()).toBe(0);
    for (const view of ['flame', 'table', 'lanes']) {
      await page.goto(`${visitor.origin}/traces/${callerTrace}?view=${view}`);
      await page.getByRole('heading', { name: hostileName }).waitFor();
    }
    expect(await page.title()).not.toBe('1');
  });
}
