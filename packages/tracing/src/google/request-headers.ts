import { TracingError } from '../tracing-error.ts';

/** As much of google-auth-library's `GoogleAuth` as is used; majors 9 to 11 fit. */
export interface GoogleAuthLike {
  getRequestHeaders(url?: string): Promise<unknown>;
  getUniverseDomain?(): Promise<string>;
  getProjectId?(): Promise<string>;
}

const SCOPE = 'https://www.googleapis.com/auth/trace.append';

/**
 * The headers that authorise a request, as a plain object. google-auth-library gives a plain object up to
 * major 9 and a `Headers` from 10 on; taking one for the other sends no token at all, silently.
 */
export async function authHeaders(auth: GoogleAuthLike, url: string): Promise<Record<string, string>> {
  const given = await auth.getRequestHeaders(url);
  const entries = isIterable(given) ? [...given] : Object.entries((given ?? {}) as Record<string, string>);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function isIterable(value: unknown): value is Iterable<[string, string]> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** google-auth-library is loaded only by those who export to Google. */
export async function loadGoogleAuth(): Promise<GoogleAuthLike> {
  const name = 'google-auth-library';
  try {
    const { GoogleAuth } = (await import(name)) as { GoogleAuth: new (options: object) => GoogleAuthLike };
    return new GoogleAuth({ scopes: [SCOPE] });
  } catch (cause) {
    throw new TracingError('MISSING_PACKAGE', `export to Google needs it: npm install ${name}`, { cause });
  }
}
