import { reachability } from './reachability.ts';

/** A request that did not succeed. `status` 0: no answer came at all. Problems are RFC 9457. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly correlationId: string | null;
  /** What the server says to do about it. */
  readonly nextStep: string | null;

  constructor(
    message: string,
    options: { status: number; correlationId?: string | null; nextStep?: string | null; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.correlationId = options.correlationId ?? null;
    this.nextStep = options.nextStep ?? null;
  }
}

export type QueryParams = Readonly<Record<string, string | number | readonly string[] | undefined>>;

interface RequestOptions {
  readonly method?: string;
  readonly query?: QueryParams;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

let csrfToken: string | null = null;
/** The token that a session cookie needs beside it on everything but GET. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

let onSessionEnd: () => void = () => {};
/** Called whenever an answer says that nobody is signed in any more, whoever asked. */
export function whenSessionEnds(run: () => void): void {
  onSessionEnd = run;
}

export function apiPath(path: string, query: QueryParams = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(key, String(one));
  }
  const text = params.toString();
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`;
}

async function failureOf(response: Response): Promise<ApiError> {
  let message = `${response.status} ${response.statusText}`;
  let nextStep: string | null = null;
  try {
    const problem: unknown = await response.json();
    if (typeof problem === 'object' && problem !== null) {
      const { title, detail, next_step: next } = problem as Readonly<Record<string, unknown>>;
      if (typeof next === 'string' && next !== '') nextStep = next;
      message = [title, detail].filter((part) => typeof part === 'string').join(': ') || message;
    }
  } catch {
    // Not a problem document (a proxy's page, say): the status line has to do.
  }
  return new ApiError(message, {
    status: response.status,
    correlationId: response.headers.get('x-correlation-id'),
    nextStep,
  });
}

/**
 * A W3C `traceparent` that says "not sampled": who looks for a slow request does not want to find the requests of
 * their own page, polling, at the top of the list.
 */
export function unsampledParent(): string {
  const hex = (bytes: number) =>
    Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
  return `00-${hex(16)}-${hex(8)}-00`;
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const { method = 'GET', query, body, signal } = options;
  const headers: Record<string, string> = { traceparent: unsampledParent() };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrfToken !== null) headers['x-csrf-token'] = csrfToken;
  try {
    return await fetch(apiPath(path, query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    reachability.noteSilence();
    throw new ApiError('No answer from the platform', { status: 0, cause });
  }
}

/** Whether the session is another one than this page knew: somebody signed in again in another tab. */
async function hasOtherSession(): Promise<boolean> {
  const response = await send('/session', {});
  if (!response.ok) return false;
  const { csrf_token: token = null } = (await response.json()) as { readonly csrf_token?: string | null };
  const isOther = token !== csrfToken;
  csrfToken = token;
  return isOther;
}

export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  let response = await send(path, options);
  const isRead = options.method === undefined || options.method === 'GET';
  if (response.status === 403 && !isRead && (await hasOtherSession())) response = await send(path, options);
  if (response.ok) return response;
  if (response.status === 401 && path !== '/session') onSessionEnd();
  if (response.status >= 502) reachability.noteSilence();
  throw await failureOf(response);
}

/**
 * Whether nothing or half of an answer came, because the browser or the network gave the request up (a machine that
 * slept, a page that was being left): no refusal, and worth asking again before anybody hears of it.
 */
export function isCutOff(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 0;
  if (error instanceof DOMException) return error.name === 'AbortError';
  // What reading a body rejects with, in the words of Chromium, Firefox and WebKit.
  return (
    error instanceof TypeError &&
    /network error|networkerror|load failed|failed to fetch/i.test(error.message)
  );
}

export async function getJson<T>(path: string, query?: QueryParams, signal?: AbortSignal): Promise<T> {
  const response = await request(path, {
    ...(query === undefined ? {} : { query }),
    ...(signal === undefined ? {} : { signal }),
  });
  return (await response.json()) as T;
}

/** The target of `Link: <…>; rel="next"`, reduced to its page token. */
export function nextPageToken(link: string | null): string | null {
  const target = link?.match(/<([^>]*)>\s*;\s*rel="?next"?/)?.[1];
  if (target === undefined) return null;
  return new URL(target, 'http://localhost').searchParams.get('page_token');
}
