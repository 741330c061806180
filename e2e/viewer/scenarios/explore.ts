import { expect } from 'vitest';
import { callerTrace, idOf, otlpJson, post, strangerProject } from '../traffic.ts';
import type { Scenario } from '../visitor.ts';

export function exploreScenarios(scenario: Scenario): void {
  scenario('says where a filter is wrong and does not run it', async (visitor) => {
    const page = await visitor.open('/');
    const filter = page.getByRole('combobox', { name: 'Filter' });
    await filter.fill('duration>5x');
    await filter.press('Enter');
    await page.getByRole('alert').getByText('"5x" is no duration').waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBeNull();

    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/v1/monitoring/')) asked.push(request.url());
    });
    await page.goto(`${visitor.origin}/?q=duration%3E5x`);
    await page.getByText('expected').waitFor();
    await page.getByRole('heading', { name: 'The filter cannot be read' }).waitFor();
    expect(asked).toEqual([]);
    await page.getByRole('button', { name: 'Clear the filter' }).last().click();
    await page.getByRole('list', { name: 'Traces' }).waitFor();
  });

  scenario('goes to a trace whose id, or header, is pasted as a filter', async (visitor) => {
    const page = await visitor.open('/');
    await page.getByRole('combobox', { name: 'Filter' }).fill(`00-${callerTrace}-00f067aa0ba902b7-01`);
    await page.keyboard.press('Enter');
    await page.getByRole('treeitem', { name: /publish order/ }).waitFor();
    await page.goBack();
    await page.getByRole('list', { name: 'Traces' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe('');
  });

  scenario('says that nothing matches, and what to do then', async (visitor) => {
    const page = await visitor.open('/?from=now-15m&q=service=nobody');
    await page.getByRole('heading', { name: 'Nothing matches in this time range' }).waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).last().click();
    await page.getByRole('list', { name: 'Traces' }).waitFor();
  });

  scenario('narrows by facets, and takes the filter along to the services and back', async (visitor) => {
    const page = await visitor.open('/?from=now-15m');
    // There is room for them: no button opens them.
    await page.getByRole('button', { name: 'Facets', exact: true }).waitFor({ state: 'hidden' });
    const facets = page.getByRole('complementary', { name: 'Facets' });
    await facets.getByRole('button', { name: /^error/ }).click();
    await page.waitForURL((url) => url.searchParams.get('q') === 'status=error');
    await page.getByRole('link', { name: 'Services' }).click();
    const services = page.getByRole('region', { name: 'Services', exact: true });
    await services.getByRole('row', { name: /caller/ }).waitFor();
    // The worker has spans, and none of them failed.
    expect(await services.getByRole('row', { name: /worker/ }).count()).toBe(0);
    await services.getByRole('button', { name: 'caller' }).click();
    const operations = page.getByRole('region', { name: 'Operations', exact: true });
    await operations.getByRole('row', { name: /publish order/ }).waitFor();
    expect(await operations.getByRole('row', { name: /late child/ }).count()).toBe(0);
    await operations.getByRole('link', { name: 'Traces of publish order' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    expect(new URL(page.url()).searchParams.get('q')).toBe(
      'status=error service=caller name="publish order"',
    );
    await page.getByRole('list', { name: 'Traces' }).getByRole('listitem').waitFor();
  });

  scenario('shows one project or all that the token covers', async (visitor) => {
    const page = await visitor.open('/?from=now-15m&q=service=stranger%20OR%20service=worker');
    const list = page.getByRole('list', { name: 'Traces' });
    await list.getByRole('link', { name: 'consume order' }).waitFor();
    await page.getByRole('combobox', { name: 'Project' }).selectOption(strangerProject);
    await page.waitForURL((url) => url.searchParams.get('project') === strangerProject);
    await list.getByRole('link', { name: 'consume order' }).waitFor({ state: 'detached' });
    expect(await list.getByRole('link', { name: 'elsewhere' }).count()).toBe(1);
  });

  scenario('selects an area of the heatmap by key and says what is different in it', async (visitor) => {
    const page = await visitor.open('/?from=now-15m');
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

  scenario('asks again, and says nothing, when the browser gave a request up', async (visitor) => {
    let aborted = 0;
    await visitor.context.route('**/api/v1/monitoring/{traces,heatmap}?*', (route) => {
      aborted += 1;
      return aborted <= 2 ? route.abort('aborted') : route.continue();
    });
    const page = await visitor.open('/?from=now-15m');
    await page.getByRole('list', { name: 'Traces' }).waitFor();
    await page.locator('.charts[aria-busy="false"]').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(aborted).toBeGreaterThan(3);
  });

  scenario('asks for everything once, and for the facets when the rest has come', async (visitor) => {
    const page = await visitor.open('/file');
    await page.getByRole('heading', { name: /Open a trace/ }).waitFor();
    const asked: string[] = [];
    page.on('request', (request) => {
      const [, question] = /\/api\/v1\/monitoring\/([^?]+)/.exec(request.url()) ?? [];
      if (question !== undefined) asked.push(question);
    });
    await page.getByRole('link', { name: 'Explore', exact: true }).click();
    await page
      .getByRole('complementary', { name: 'Facets' })
      .getByRole('button', { name: /^web-api/ })
      .waitFor();
    await page.waitForLoadState('networkidle');
    expect(asked.at(-1)).toBe('facets');
    expect(asked.toSorted()).toEqual(['facets', 'heatmap', 'timeseries', 'traces']);
  });

  scenario('follows what arrives while live', async (visitor) => {
    const page = await visitor.open('/?from=now-15m');
    await page.getByRole('list', { name: 'Traces' }).waitFor();
    await page.keyboard.press('l');
    await page.waitForURL(/live=1/);
    const spans = [{ id: 'live', name: 'just arrived', startMs: 0, endMs: 5 }];
    const arrived = { traceId: idOf('live', 32), service: 'worker', baseMs: Date.now(), spans };
    await post(visitor.stage.platform.otlpHttpUrl, otlpJson(arrived));
    await page.getByRole('link', { name: 'just arrived' }).waitFor();
    await page.getByRole('button', { name: 'Live' }).click();
    await page.waitForURL((url) => !url.searchParams.has('live'));
  });
}
