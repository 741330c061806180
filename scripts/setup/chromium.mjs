// Finds the system's Chromium for the browser tests; on Debian, as root, installs it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium, or null. `CHROMIUM_PATH` wins. */
export function findChromium(environment = process.env) {
  const named = environment.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : null;
  const dirs = (environment.PATH ?? '').split(delimiter);
  const candidates = names.flatMap((name) => dirs.map((dir) => join(dir, name)));
  return [...candidates, ...applications].find((path) => existsSync(path)) ?? null;
}

/** Finds it, or installs it where that needs no question; null where the browser tests have to be skipped. */
export function ensureChromium(log) {
  const found = findChromium();
  if (found !== null) return found;
  const canInstall =
    existsSync('/etc/debian_version') && process.getuid?.() === 0 && !process.env.CHROMIUM_PATH;
  if (canInstall) {
    log('No Chromium found: installing the package chromium (once)...');
    const apt = (...args) =>
      spawnSync('apt-get', args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status === 0;
    if (apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'chromium')) {
      return findChromium();
    }
  }
  log('No Chromium found: the browser tests will be reported as skipped. To run them, install it');
  log(
    '(Debian and Ubuntu: sudo apt-get install chromium; macOS: brew install --cask chromium) or set CHROMIUM_PATH.',
  );
  return null;
}
