import {
  buildOutline,
  formatCloudTraceFilter,
  matchesTrace,
  necessaryCloudTraceFilter,
  type Span,
  type TraceOutline,
  type TraceSummary,
} from '@utxoiq/model';
import {
  type ListTracesQuery,
  type ListTracesResult,
  type Projects,
  summarize,
  type TraceQuery,
  type TraceResult,
} from '@utxoiq/store';
import {
  CloudTraceClient,
  type CloudTraceListOptions,
  type CloudTracePage,
  TracingError,
} from '@utxoiq/tracing/cloud-trace';
import { ApiError } from '../errors/api-error.ts';
import { given } from '../given.ts';
import { filteredList } from './filtered-list.ts';
import { sampledAnalysis } from './sample/sampled-analysis.ts';
import { type SampleQuery, type TraceSample, TraceSamples } from './sample/trace-sample.ts';
import type { FilterText, TraceSource } from './trace-source.ts';

/** Google's longest page of whole traces; a list needs them whole, to count spans and errors. */
const MAX_PAGE_SIZE = 100;
const DEFAULT_MAX_SPANS = 100_000;

/** Traces of a range that charts, facets and comparison look at: two pages, 50 of the quota's 300 units a minute. */
const MAX_SAMPLED_TRACES = 200;

/**
 * The monitoring API on Google Cloud Trace (`TRACE_SOURCE=cloud-trace`). It shows one project, the configured
 * one. Google's API lists and reads traces only; charts, facets and comparison are made from the newest of them.
 */
export class CloudTraceSource implements TraceSource {
  readonly #client: CloudTraceClient;
  readonly #projectId: string;
  readonly analysis = sampledAnalysis(new TraceSamples((query) => this.#sample(query)));

  /** @param google a client, or the address of one to make, if it is not Google's public one. */
  constructor(projectId: string, google?: CloudTraceClient | string) {
    this.#projectId = projectId;
    this.#client =
      google instanceof CloudTraceClient
        ? google
        : new CloudTraceClient({ projectId, ...given({ endpoint: google }) });
  }

  async getTrace({ projects, traceId, maxSpans, signal }: TraceQuery): Promise<TraceResult | null> {
    const all = this.#covers(projects)
      ? await this.#ask(this.#client.getTrace(traceId, given({ signal })))
      : null;
    const most = maxSpans ?? DEFAULT_MAX_SPANS;
    const [first, ...rest] = all?.slice(0, most) ?? [];
    if (first === undefined || all === null) return null;
    return {
      summary: summarize([first, ...rest]),
      spans: [first, ...rest],
      partial: all.length > most ? { reason: 'limit' } : null,
    };
  }

  async listTraces(query: ListTracesQuery & { readonly filterText?: FilterText }): Promise<ListTracesResult> {
    if (!this.#covers(query.projects)) return { traces: [], nextPageToken: null, partial: null };
    const { filter, filterText, pageToken, startUnixNano, endUnixNano } = query;
    const asked = { startUnixNano, endUnixNano, ...given({ orderBy: query.orderBy, signal: query.signal }) };
    const text = filterText?.language === 'cloud-trace' ? filterText.text : formatCloudTraceFilter(filter);
    const pageSize = Math.min(query.pageSize, MAX_PAGE_SIZE);
    if (text !== null) {
      const page = await this.#page({ ...asked, ...given({ pageToken }), filter: text, pageSize });
      return { traces: summaries(page.traces), nextPageToken: page.nextPageToken, partial: null };
    }
    const necessary = necessaryCloudTraceFilter(filter);
    const list = await filteredList({
      pageSize,
      pageToken,
      read: (token) =>
        this.#page({
          ...asked,
          ...given({ pageToken: token ?? undefined }),
          filter: necessary,
          pageSize: MAX_PAGE_SIZE,
        }),
      holds: (spans) => matchesTrace(filter, spans),
    });
    const partial = list.isCut ? ({ reason: 'limit' } as const) : null;
    return { traces: summaries(list.traces), nextPageToken: list.nextPageToken, partial };
  }

  #page(options: CloudTraceListOptions): Promise<CloudTracePage> {
    return this.#ask(this.#client.listTraces(options));
  }

  async outline(query: TraceQuery): Promise<TraceOutline | null> {
    const trace = await this.getTrace(query);
    return trace === null ? null : buildOutline(trace.spans);
  }

  async spans(query: TraceQuery & { readonly spanIds: readonly string[] }): Promise<readonly Span[]> {
    const wanted = new Set(query.spanIds);
    const trace = await this.getTrace(query);
    return trace?.spans.filter(({ spanId }) => wanted.has(spanId)) ?? [];
  }

  async projects(): Promise<readonly string[]> {
    return [this.#projectId];
  }

  /** Asks for a token only: a real question would cost quota every time that somebody checks. */
  async ping(): Promise<void> {
    await this.#ask(this.#client.checkCredentials());
  }

  /** The newest traces of the range. What Google's language cannot say of them is left to the caller. */
  async #sample({ projects, startUnixNano, endUnixNano, filter = null }: SampleQuery): Promise<TraceSample> {
    if (!this.#covers(projects)) return { spans: [], partial: null };
    const spans: Span[] = [];
    const googles = formatCloudTraceFilter(filter) ?? necessaryCloudTraceFilter(filter);
    let pageToken: string | null = null;
    let traceCount = 0;
    do {
      const page: CloudTracePage = await this.#page({
        startUnixNano,
        endUnixNano,
        filter: googles,
        pageSize: MAX_PAGE_SIZE,
        ...given({ pageToken: pageToken ?? undefined }),
      });
      for (const trace of page.traces) spans.push(...trace.spans);
      traceCount += page.traces.length;
      pageToken = page.nextPageToken;
    } while (pageToken !== null && traceCount < MAX_SAMPLED_TRACES);
    return { spans, partial: pageToken === null ? null : { reason: 'sample' } };
  }

  #covers(projects: Projects): boolean {
    return projects === 'all' || projects.includes(this.#projectId);
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (cause) {
      throw cause instanceof TracingError ? asApiError(cause) : cause;
    }
  }
}

const summaries = (traces: CloudTracePage['traces']): readonly TraceSummary[] =>
  traces.flatMap(({ spans: [first, ...rest] }) => (first === undefined ? [] : [summarize([first, ...rest])]));

/** What Google answered, in our form; the message has the next step. */
function asApiError(error: TracingError): ApiError {
  const options = { cause: error };
  switch (error.code) {
    case 'QUOTA_EXCEEDED':
      return new ApiError(
        'TOO_MANY_REQUESTS',
        error.message,
        {},
        { ...options, headers: { 'retry-after': '60' } },
      );
    case 'READ_REFUSED':
      return new ApiError('INVALID_ARGUMENT', error.message, {}, options);
    case 'BAD_OPTION':
    case 'MISSING_PACKAGE':
    case 'CREDENTIALS_MISSING':
    case 'API_NOT_ENABLED':
    case 'PERMISSION_DENIED': {
      const [message = '', ...next] = error.message.split('; ');
      return new ApiError('UPSTREAM_FAILED', message, { next_step: next.join('; ') }, options);
    }
    default:
      return new ApiError('UNAVAILABLE', error.message, {}, { ...options, headers: { 'retry-after': '5' } });
  }
}
