import type { IncomingMessage } from 'node:http';
import type { SessionRequest } from '../named-sessions.ts';
import { ClickHouseError } from './clickhouse-error.ts';

/** One request of ClickHouse's HTTP interface, before its body. */
export interface QueryRequest {
  /** The `query` key of the URL; the body follows it. */
  urlQuery: string;
  database: string;
  defaultFormat: string;
  queryId: string;
  /** Null without a `session_id`. */
  session: SessionRequest | null;
  settings: ReadonlyMap<string, string>;
  /** Without the `param_`; values in ClickHouse's escaped text form, as they came. */
  parameters: ReadonlyMap<string, string>;
  /** GET and HEAD may only read. */
  readOnly: boolean;
  enableCompression: boolean;
}

// Keys of the interface itself (HTTPHandler.cpp); every other key is a setting.
const OWN_KEYS = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'session_id',
  'session_timeout',
  'session_check',
  'user',
  'password',
  'quota_key',
  'stacktrace',
  'compress',
  'decompress',
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'close_session',
  'client_protocol_version',
  'role',
]);

export function parseQueryRequest(request: IncomingMessage, url: URL): QueryRequest {
  const keys = url.searchParams;
  for (const key of ['compress', 'decompress']) {
    if (isTrue(keys.get(key)))
      throw new ClickHouseError(48, 'NOT_IMPLEMENTED', `${key}=1: use Content-Encoding and Accept-Encoding`);
  }
  if (header(request, 'content-type')?.startsWith('multipart/')) {
    throw new ClickHouseError(48, 'NOT_IMPLEMENTED', 'External tables (multipart bodies) are not supported');
  }
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [key, value] of keys) {
    if (key.startsWith('param_')) parameters.set(key.slice('param_'.length), value);
    else if (!OWN_KEYS.has(key)) settings.set(key, value);
  }
  return {
    urlQuery: keys.get('query') ?? '',
    database: keys.get('database') ?? header(request, 'x-clickhouse-database') ?? '',
    defaultFormat: keys.get('default_format') ?? header(request, 'x-clickhouse-format') ?? 'TabSeparated',
    queryId: keys.get('query_id') || crypto.randomUUID(),
    session: sessionOf(keys),
    settings,
    parameters,
    readOnly: request.method !== 'POST',
    enableCompression: isTrue(keys.get('enable_http_compression')),
  };
}

const MAX_SESSION_SECONDS = 3600;

function sessionOf(keys: URLSearchParams): SessionRequest | null {
  const id = keys.get('session_id') ?? '';
  if (id === '') return null;
  const timeoutSeconds = Number(keys.get('session_timeout') ?? 60);
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > MAX_SESSION_SECONDS) {
    throw new ClickHouseError(
      36,
      'BAD_ARGUMENTS',
      `session_timeout must be 1 to ${MAX_SESSION_SECONDS} seconds`,
    );
  }
  return { id, timeoutSeconds, mustExist: isTrue(keys.get('session_check')) };
}

const isTrue = (value: string | null): boolean => value === '1' || value === 'true';

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
