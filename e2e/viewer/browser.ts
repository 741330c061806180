import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../scripts/setup/chromium.mjs';

export const chromiumPath = findChromium();
export const withoutChromium =
  chromiumPath === null ? ' (skipped: no Chromium; install the package chromium or set CHROMIUM_PATH)' : '';

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === null ? {} : { executablePath: chromiumPath }),
    // The limit keeps it from starting a spare renderer for every page: each visitor's pages share one of their own, and
    // half the processes go.
    args: ['--no-sandbox', '--disable-background-networking', '--renderer-process-limit=1'],
  });
}
