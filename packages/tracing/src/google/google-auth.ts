import { TracingError } from '../tracing-error.ts';

/** As much of google-auth-library's `GoogleAuth` as is used; majors 9 to 11 fit. */
export interface GoogleAuthLike {
  getRequestHeaders(url?: string): Promise<unknown>;
  getUniverseDomain?(): Promise<string>;
  getProjectId?(): Promise<string>;
}

const SCOPES = {
  export: ['https://www.googleapis.com/auth/trace.append'],
  reading: [
    'https://www.googleapis.com/auth/trace.readonly',
    'https://www.googleapis.com/auth/cloud-platform',
  ],
} as const;

/**
 * The headers that authorise a request, as a plain object with names in lower case. google-auth-library gives a
 * plain object up to major 9 and a `Headers` from 10 on; taking one for the other sends no token at all, silently
 * (https://github.com/googleapis/google-auth-library-nodejs/issues/2043).
 */
export async function authHeaders(auth: GoogleAuthLike, url: string): Promise<Record<string, string>> {
  const given = await auth.getRequestHeaders(url);
  const entries = hasEntries(given) ? [...given.entries()] : Object.entries(given ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** A `Headers` of another realm or a polyfill is not `instanceof` ours. */
function hasEntries(value: unknown): value is { entries(): Iterable<[string, unknown]> } {
  return (
    typeof value === 'object' && value !== null && 'entries' in value && typeof value.entries === 'function'
  );
}

/**
 * Application Default Credentials, with the scopes of the purpose. google-auth-library is loaded only by those who
 * export to Google or read from it; throws `MISSING_PACKAGE` where it is not installed.
 */
export async function loadGoogleAuth(purpose: keyof typeof SCOPES): Promise<GoogleAuthLike> {
  const name = 'google-auth-library';
  try {
    const { GoogleAuth } = (await import(name)) as { GoogleAuth: new (options: object) => GoogleAuthLike };
    return new GoogleAuth({ scopes: SCOPES[purpose] });
  } catch (cause) {
    throw new TracingError('MISSING_PACKAGE', `Google's ${purpose} needs it: npm install ${name}`, { cause });
  }
}
