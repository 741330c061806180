import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ClickHouseError } from './clickhouse-error.ts';
import { header } from './query-request.ts';

/** Whether a request may come in; throws ClickHouse's own error if not. */
export class Access {
  readonly #password: string;

  constructor(password: string) {
    this.#password = password;
  }

  check(request: IncomingMessage, url: URL): void {
    if (this.#password === '') refuseBrowsers(request);
    else this.#checkPassword(passwordOf(request, url));
  }

  #checkPassword(given: string): void {
    if (timingSafeEqual(digest(given), digest(this.#password))) return;
    throw new ClickHouseError(
      516,
      'AUTHENTICATION_FAILED',
      'default: Authentication failed: password is incorrect, or there is no user with such name',
    );
  }
}

// Without a password, any page open in a browser on this machine could send statements here: directly (then the
// browser tells its origin), or by a name of its own that leads to 127.0.0.1 (then Host is that name).
function refuseBrowsers(request: IncomingMessage): void {
  const site = header(request, 'sec-fetch-site') ?? 'none';
  const host = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? '';
  if (header(request, 'origin') === undefined && site === 'none' && LOOPBACK_HOST.test(host)) return;
  throw new ClickHouseError(
    497,
    'ACCESS_DENIED',
    'Requests of web pages are refused while no password is set',
  );
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function passwordOf(request: IncomingMessage, url: URL): string {
  const basic = /^Basic\s+(\S+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
  if (basic !== undefined) {
    const decoded = Buffer.from(basic, 'base64').toString();
    return decoded.slice(decoded.indexOf(':') + 1);
  }
  return header(request, 'x-clickhouse-key') ?? url.searchParams.get('password') ?? '';
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
