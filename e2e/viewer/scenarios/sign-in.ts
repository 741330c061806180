import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { memorySource } from '../../../services/web-api/test/memory-source.ts';
import { clientId, startOidcIssuer } from '../../../services/web-api/test/oidc-issuer.ts';
import { startTestApp } from '../../../services/web-api/test/test-app.ts';
import { callerTrace } from '../traffic.ts';
import type { Scenario } from '../visitor.ts';

const viewerDir = join(fileURLToPath(new URL('../../../', import.meta.url)), 'packages/viewer/dist');

export function signInScenarios(scenario: Scenario): void {
  scenario(
    'signs in with the printed link once, and with a token where one wanted to go',
    async (visitor) => {
      const { platform, token } = visitor.stage;
      const page = await visitor.open('');
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
    },
    { anonymous: true },
  );

  scenario(
    'signs in at an issuer, with a code that only this browser can use, and out again',
    async ({ context }) => {
      await using issuer = await startOidcIssuer();
      await using web = await startTestApp(memorySource([]), {
        environment: {
          AUTH_ISSUER: issuer.url,
          AUTH_AUDIENCE: 'https://api.utxoiq.example',
          AUTH_CLIENT_ID: clientId,
          VIEWER_DIR: viewerDir,
        },
      });
      const origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
      // The issuer's own pages ask for fonts that no test needs.
      await context.route(/^https:/, (route) => route.abort());
      const page = await context.newPage();
      await page.goto(`${origin}/services`);
      const challenge = page.waitForRequest((request) => request.url().startsWith(`${issuer.url}/auth?`));
      await page.getByRole('link', { name: `Sign in with ${new URL(issuer.url).host}` }).click();
      const asked = new URL((await challenge).url()).searchParams;
      expect(asked.get('code_challenge_method')).toBe('S256');
      expect(asked.get('code_challenge')).toMatch(/^[\w-]{43}$/);
      await page.locator('[name=login]').fill('ada');
      await page.locator('[name=password]').fill('any');
      const back = page.waitForRequest((request) => request.url().startsWith(`${origin}/sign-in/callback?`));
      await page.locator('[type=submit]').click();
      await page.getByRole('button', { name: 'Continue' }).click();
      const callback = (await back).url();
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByText('ada', { exact: true }).waitFor();
      expect(page.url()).toBe(`${origin}/services`);
      const cookie = (await context.cookies(origin)).find(({ name }) => name === 'utxoiq_session');
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect((await page.goto(callback))?.status()).toBe(401);
    },
    { anonymous: true },
  );
}
