import type { TokenSource } from '../config/options.ts';
import { TracingError } from '../tracing-error.ts';

/** A trace as the monitoring API gives it (`GET /api/v1/monitoring/traces/{trace_id}`), in its own names. */
export interface TraceData {
  readonly trace_id: string;
  readonly project_id: string;
  readonly spans: readonly SpanData[];
  readonly span_count: number;
  readonly [more: string]: unknown;
}

/** A span of a trace: times in RFC 3339, ids in hex, `status.code` by OTLP (0 unset, 1 ok, 2 error). */
export interface SpanData {
  readonly span_id: string;
  readonly name: string;
  /** RFC 3339. */
  readonly start_time: string;
  readonly end_time: string;
  readonly parent_span_id: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number; readonly message: string };
  readonly [more: string]: unknown;
}

/** A trace in a list, without its spans; docs/api.md has the rest of its fields. */
export interface TraceListItem {
  readonly trace_id: string;
  readonly project_id: string;
  readonly span_count: number;
  readonly [more: string]: unknown;
}

/** One page of traces: an array, with the token of the next page beside it where there is one. */
export type TraceList = readonly TraceListItem[] & { readonly nextPageToken?: string };

/** Which page of which traces (`GET /api/v1/monitoring/traces`). */
export interface ListTracesOptions {
  /** Start of the time range: a `Date`, epoch milliseconds, or RFC 3339. */
  readonly startTime: Date | number | string;
  /** Its end, in the same forms. */
  readonly endTime: Date | number | string;
  /** In the Cloud Trace filter language. */
  readonly filter?: string;
  /** 1 to 1000; 100. */
  readonly pageSize?: number;
  /** `nextPageToken` of the page before. */
  readonly pageToken?: string;
  /** `start desc`, `duration desc`, ... */
  readonly orderBy?: string;
}

/** Who reads: swapped by `apiUrl`'s scheme, or for a test. */
export interface TraceReader {
  getTrace(traceId: string, signal?: AbortSignal): Promise<TraceData>;
  listTraces(options: ListTracesOptions, signal?: AbortSignal): Promise<TraceList>;
}

const TIMEOUT_MS = 30_000;

/** Reads traces through the monitoring REST API. Not traced itself. */
export class MonitoringApi implements TraceReader {
  private readonly baseUrl: string;
  private readonly token: TokenSource | null;
  private readonly fetch: typeof globalThis.fetch;

  constructor(baseUrl: string, token: TokenSource | null, fetch: typeof globalThis.fetch) {
    this.baseUrl = `${baseUrl.replace(/\/+$/, '')}/api/v1/monitoring/traces`;
    this.token = token;
    this.fetch = fetch;
  }

  async getTrace(traceId: string, signal?: AbortSignal): Promise<TraceData> {
    if (!/^[0-9a-f]{32}$/i.test(traceId)) {
      throw new TracingError('BAD_OPTION', `traceId must be 32 hex digits, got ${String(traceId)}`);
    }
    const response = await this.get(`${this.baseUrl}/${traceId}`, `trace ${traceId}`, signal);
    return answerOf(response, (json): json is TraceData =>
      Array.isArray((json as Partial<TraceData>)?.spans),
    );
  }

  async listTraces(options: ListTracesOptions, signal?: AbortSignal): Promise<TraceList> {
    const query = new URLSearchParams({
      start_time: timeText('startTime', options.startTime),
      end_time: timeText('endTime', options.endTime),
    });
    if (options.filter !== undefined) query.set('filter_str', options.filter);
    if (options.pageSize !== undefined) query.set('page_size', String(options.pageSize));
    if (options.pageToken !== undefined) query.set('page_token', options.pageToken);
    if (options.orderBy !== undefined) query.set('order_by', options.orderBy);
    const response = await this.get(`${this.baseUrl}?${query}`, 'traces', signal);
    const items = await answerOf(response, (json): json is TraceListItem[] => Array.isArray(json));
    const nextPageToken = nextPageOf(response.headers.get('link'));
    return Object.assign(items, nextPageToken !== null && { nextPageToken });
  }

  private async get(url: string, what: string, signal?: AbortSignal): Promise<Response> {
    const token = typeof this.token === 'function' ? await this.token() : this.token;
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    try {
      response = await this.fetch(url, {
        headers,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (cause) {
      throw new TracingError('READ_FAILED', `cannot read ${what} from ${url}`, { cause });
    }
    if (response.ok) return response;
    throw await refusal(response, what, url);
  }
}

async function answerOf<T>(response: Response, isRight: (json: unknown) => json is T): Promise<T> {
  let cause: unknown;
  try {
    const json: unknown = await response.json();
    if (isRight(json)) return json;
  } catch (error) {
    cause = error;
  }
  const message = `${response.url} answered something else; is apiUrl that of the monitoring API?`;
  throw new TracingError('READ_FAILED', message, { cause });
}

async function refusal(response: Response, what: string, url: string): Promise<TracingError> {
  const text = (await response.text().catch(() => '')).slice(0, 500);
  const message = `cannot read ${what} from ${url}: HTTP ${response.status} ${text}`.trim();
  if (response.status === 404) return new TracingError('TRACE_NOT_FOUND', message);
  return new TracingError(response.status < 500 ? 'READ_REFUSED' : 'READ_FAILED', message);
}

function nextPageOf(link: string | null): string | null {
  const url = link?.match(/<([^>]*)>\s*;[^,]*rel="?next"?/)?.[1];
  if (url === undefined) return null;
  return URL.parse(url, 'http://localhost')?.searchParams.get('page_token') ?? null;
}

function timeText(name: string, value: Date | number | string): string {
  if (typeof value === 'string') return value;
  const date = new Date(value);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new TracingError('BAD_OPTION', `${name} must be a time, got ${String(value)}`);
}
