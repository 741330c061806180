import { TracingError } from '../tracing-error.ts';

/**
 * What is used of google-auth-library's `GoogleAuth`. Up to version 9 the headers are a plain object, from 10 a
 * `Headers`; both are taken, since taking one for the other sends no token and says nothing
 * (github.com/googleapis/google-auth-library-nodejs/issues/2043).
 */
export interface GoogleAuthLike {
  getRequestHeaders(url?: string): Promise<Headers | Readonly<Record<string, string>>>;
  getProjectId(): Promise<string>;
}

const SCOPES = [
  'https://www.googleapis.com/auth/trace.readonly',
  'https://www.googleapis.com/auth/cloud-platform',
];

/** Application default credentials. The library is loaded when it is first needed, and only then. */
export async function loadGoogleAuth(): Promise<GoogleAuthLike> {
  const name = 'google-auth-library';
  try {
    const library: { GoogleAuth: new (options: { scopes: string[] }) => GoogleAuthLike } = await import(name);
    return new library.GoogleAuth({ scopes: SCOPES });
  } catch (cause) {
    throw new TracingError('MISSING_PACKAGE', `reading from Google needs it: npm install ${name}`, { cause });
  }
}

/** The headers of a request, whatever the library's version. */
export async function authHeaders(auth: GoogleAuthLike, url: string): Promise<Record<string, string>> {
  let headers: Headers | Readonly<Record<string, string>>;
  try {
    headers = await auth.getRequestHeaders(url);
  } catch (cause) {
    throw new TracingError(
      'CREDENTIALS_MISSING',
      `no Google credentials: ${textOf(cause)}; run \`gcloud auth application-default login\`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file`,
      { cause },
    );
  }
  return headers instanceof Headers ? Object.fromEntries(headers.entries()) : plainHeaders(headers);
}

/** A `Headers` of another realm or a polyfill is not `instanceof` ours. */
function plainHeaders(headers: object): Record<string, string> {
  const { entries } = headers as { entries?: unknown };
  if (typeof entries !== 'function') return { ...(headers as Record<string, string>) };
  return Object.fromEntries((headers as Headers).entries());
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
