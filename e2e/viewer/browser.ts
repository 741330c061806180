import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/setup/chromium.mjs';

export const chromiumPath = findChromium();
export const withoutChromium =
  chromiumPath === null ? ' (skipped: no Chromium; install the package chromium or set CHROMIUM_PATH)' : '';

/** What a page complained of and where it went; a test that ends with any of it has failed. */
export interface Watched {
  readonly page: Page;
  readonly problems: string[];
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === null ? {} : { executablePath: chromiumPath }),
    args: ['--no-sandbox', '--disable-background-networking'],
  });
}

/** A new page whose errors, violated policies and requests to other hosts are written down. */
export async function watchedPage(context: BrowserContext, origin: string): Promise<Watched> {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    // A refused request logs itself; whether it was expected is for the test to say.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) problems.push(`request to ${url}`);
  });
  page.setDefaultTimeout(90_000);
  return { page, problems };
}
