import type { IncomingMessage } from 'node:http';

/** One request of ClickHouse's HTTP interface, before its body. */
export interface QueryRequest {
  /** The `query` key of the URL; the body follows it. */
  urlQuery: string;
  database: string;
  defaultFormat: string;
  queryId: string;
  sessionId: string;
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
    sessionId: keys.get('session_id') ?? '',
    settings,
    parameters,
    readOnly: request.method !== 'POST',
    enableCompression: ['1', 'true'].includes(keys.get('enable_http_compression') ?? ''),
  };
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
