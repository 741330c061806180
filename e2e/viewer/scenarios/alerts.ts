import { expect } from 'vitest';
import type { Scenario } from '../visitor.ts';

export function alertScenarios(scenario: Scenario): void {
  scenario(
    'makes a rule that says what it would have done, fires, leads to the traces, is silenced and deleted',
    async (visitor) => {
      const token = await visitor.stage.platform.token('--role', 'admin');
      const session = await visitor.context.request.post(`${visitor.origin}/api/v1/session`, {
        data: { token },
      });
      expect(session.status()).toBe(201);
      const page = await visitor.open('/alerts');
      await page.getByRole('link', { name: 'High error rate' }).waitFor();
      await page.keyboard.press('n');
      await page.getByLabel('Signal').selectOption('request_rate');
      await page.getByLabel('Threshold').fill('much');
      await page.getByText('Expected a number').waitFor();
      await page.getByLabel('Threshold').fill('1');
      await page.getByLabel('Over', { exact: true }).fill('60');
      await page.getByLabel('Service', { exact: true }).fill('batch');
      await page.getByLabel('Spans', { exact: true }).selectOption('all');
      await page.getByText('Would have fired once').waitFor();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Expected a text').waitFor();
      await page.getByLabel('Name').fill('Busy batch');
      await page.getByRole('button', { name: 'Save' }).click();

      await page.getByRole('link', { name: 'Traces of Busy batch, batch' }).first().waitFor();
      const now = page.getByRole('region', { name: 'Alerts now' });
      expect(await now.getByText('Firing', { exact: true }).count()).toBe(1);
      await page.getByRole('link', { name: /^Alerts 1 firing/ }).waitFor();
      await page.getByRole('button', { name: 'Silence Busy batch' }).first().click();
      await page.getByRole('button', { name: '4 hours' }).click();
      await page.getByRole('button', { name: 'Notify again of Busy batch' }).first().waitFor();
      await now.getByRole('link', { name: 'Traces of Busy batch, batch' }).click();
      await page.getByRole('list', { name: 'Traces' }).getByText('many parts').waitFor();
      expect(new URL(page.url()).searchParams.get('q')).toBe('service=batch');

      await page.goBack();
      await page.getByRole('link', { name: 'Busy batch', exact: true }).click();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Really delete?' }).click();
      await page.getByRole('region', { name: 'History' }).getByText('rule deleted').waitFor();
      expect(await page.getByRole('link', { name: 'Busy batch', exact: true }).count()).toBe(0);
    },
    { anonymous: true },
  );
}
