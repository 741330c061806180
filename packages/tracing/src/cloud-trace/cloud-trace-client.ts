import { setTimeout as delay } from 'node:timers/promises';
import { formatUnixNano, parseTraceId, type Span, type TraceOrder } from '@utxoiq/model';
import {
  messageFromJson,
  parseJsonText,
  spansFromV1,
  V1ListTracesResponseType,
  type V1Trace,
  V1TraceType,
} from '@utxoiq/model/cloud-trace';
import { type GoogleAuthLike, loadGoogleAuth } from '../google/google-auth.ts';
import { TracingError } from '../tracing-error.ts';
import { isTemporary, readRefusal, refusalError } from './google-answer.ts';
import { READ_COST, READ_QUOTA, ReadBudget } from './read-budget.ts';
import { readingHeaders, textOf } from './reading-headers.ts';
import { TraceCache } from './trace-cache.ts';

/** All optional: without any, the credentials of the environment and their project. */
export interface CloudTraceClientOptions {
  /** Default: the credentials' project. */
  readonly projectId?: string;
  /** A `GoogleAuth` of google-auth-library, of any major; default: application default credentials. */
  readonly auth?: GoogleAuthLike;
  /** Default `https://cloudtrace.googleapis.com`. */
  readonly endpoint?: string;
  /** For one call, with all its attempts and its waiting for quota; 30 s. */
  readonly timeoutMs?: number;
  /** For one attempt; 10 s. */
  readonly attemptTimeoutMs?: number;
  /** First pause before another attempt; it doubles up to 8 s. 250 ms. */
  readonly backOffMs?: number;
  /** Read units a minute that this client may spend; 300, all of a project's. */
  readonly unitsPerMinute?: number;
  /** Spans kept of traces that are complete; 100,000. 0 keeps none. */
  readonly cacheSpans?: number;
  /** When a trace counts as complete: so long after its last span. Google's index may take minutes. 5 min. */
  readonly completeAfterMs?: number;
  readonly fetch?: typeof globalThis.fetch;
  /** For tests. */
  readonly clock?: Clock;
}

export interface Clock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Which traces, of those whose root began in a time range (Cloud Trace v1, `projects.traces.list`). */
export interface CloudTraceListOptions {
  /** Nanoseconds since 1970, inclusive. */
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  /** In the Cloud Trace filter language. */
  readonly filter?: string;
  readonly orderBy?: TraceOrder;
  /** Up to 1000, with all spans up to 100; fewer may come. 100. */
  readonly pageSize?: number;
  /** `nextPageToken` of the page before. */
  readonly pageToken?: string;
  /** Whole traces, or only their root spans (default: whole). Both cost the same. */
  readonly view?: 'COMPLETE' | 'ROOTSPAN';
  readonly signal?: AbortSignal;
}

/** A page of traces, newest first unless ordered otherwise; `nextPageToken` is null on the last. */
export interface CloudTracePage {
  readonly traces: readonly { readonly traceId: string; readonly spans: readonly Span[] }[];
  readonly nextPageToken: string | null;
}

const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};
const MAX_BACK_OFF_MS = 8_000;

/**
 * Reads traces from Google Cloud Trace through its v1 REST API, the only one that reads. Needs
 * `roles/cloudtrace.user`. Throws `TracingError` with what Google said and what to do next.
 */
export class CloudTraceClient {
  readonly #options: CloudTraceClientOptions;
  readonly #clock: Clock;
  readonly #budget: ReadBudget;
  readonly #cache: TraceCache;
  #auth: Promise<GoogleAuthLike> | undefined;
  #projectId: Promise<string> | undefined;

  constructor(options: CloudTraceClientOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#budget = new ReadBudget({
      units: options.unitsPerMinute ?? READ_QUOTA.units,
      windowMs: READ_QUOTA.windowMs,
      now: this.#clock.now,
      sleep: this.#clock.sleep,
    });
    this.#cache = new TraceCache({
      maxSpans: options.cacheSpans ?? 100_000,
      completeAfterMs: options.completeAfterMs ?? 300_000,
      now: this.#clock.now,
    });
  }

  projectId(): Promise<string> {
    this.#projectId ??= this.#findProjectId();
    return this.#projectId;
  }

  /** Whether there are credentials; costs no quota. */
  async checkCredentials(): Promise<void> {
    await readingHeaders(await this.#loadAuth(), this.#endpoint());
  }

  /** All spans of a trace by start; null if Google has none. */
  async getTrace(
    traceIdText: string,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<readonly Span[] | null> {
    const traceId = parseTraceId(traceIdText);
    if (traceId === null) {
      const message = `traceId must be 32 hex digits, got ${JSON.stringify(traceIdText)}`;
      throw new TracingError('BAD_OPTION', message);
    }
    const projectId = await this.projectId();
    const known = this.#cache.get(traceId);
    if (known !== undefined) return known;
    const path = `/v1/projects/${encodeURIComponent(projectId)}/traces/${traceId}`;
    const text = await this.#get(path, { units: READ_COST.get, projectId, signal });
    return text === null ? null : this.#spansOf(decode(V1TraceType, text), projectId);
  }

  async listTraces(options: CloudTraceListOptions): Promise<CloudTracePage> {
    const projectId = await this.projectId();
    const view = options.view ?? 'COMPLETE';
    const query = new URLSearchParams({
      view,
      startTime: formatUnixNano(options.startUnixNano),
      endTime: formatUnixNano(options.endUnixNano),
      pageSize: String(Math.min(options.pageSize ?? 100, view === 'COMPLETE' ? 100 : 1000)),
      orderBy: options.orderBy ?? 'start desc',
      prettyPrint: 'false',
    });
    if (options.filter !== undefined && options.filter !== '') query.set('filter', options.filter);
    if (options.pageToken !== undefined) query.set('pageToken', options.pageToken);
    const path = `/v1/projects/${encodeURIComponent(projectId)}/traces?${query}`;
    const text = await this.#get(path, { units: READ_COST.list, projectId, signal: options.signal });
    if (text === null) throw new TracingError('READ_REFUSED', `Google knows no project ${projectId}`);
    const { traces, nextPageToken } = decode(V1ListTracesResponseType, text);
    return {
      traces: traces.map((trace) => ({
        traceId: trace.traceId.toLowerCase(),
        spans: view === 'COMPLETE' ? this.#spansOf(trace, projectId) : toSpans(trace, projectId),
      })),
      nextPageToken: nextPageToken === '' ? null : nextPageToken,
    };
  }

  #spansOf(trace: V1Trace, projectId: string): readonly Span[] {
    const spans = toSpans(trace, projectId);
    this.#cache.offer(trace.traceId.toLowerCase(), spans);
    return spans;
  }

  /** The answer's text; null for 404. Tries again while that makes sense and there is time. */
  async #get(
    path: string,
    call: { units: number; projectId: string; signal: AbortSignal | undefined },
  ): Promise<string | null> {
    const timeoutMs = this.#options.timeoutMs ?? 30_000;
    const deadline = this.#clock.now() + timeoutMs;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
    try {
      return await this.#untilAnswered(path, { ...call, deadline, signal });
    } catch (cause) {
      // Between two attempts the deadline is an abort like any other.
      if (cause instanceof TracingError || !timeout.aborted || call.signal?.aborted === true) throw cause;
      throw this.#unread('no answer in time', cause);
    }
  }

  async #untilAnswered(
    path: string,
    call: { units: number; projectId: string; deadline: number; signal: AbortSignal },
  ): Promise<string | null> {
    const { deadline, signal } = call;
    for (let attempt = 0; ; attempt++) {
      await this.#budget.spend(call.units, { deadline, signal });
      const { error, text, retryAfterMs } = await this.#attempt(path, call.projectId, signal);
      if (error === null) return text;
      const pauseMs = retryAfterMs === null ? null : Math.max(retryAfterMs, this.#backOff(attempt));
      if (pauseMs === null || this.#clock.now() + pauseMs >= deadline || signal.aborted) throw error;
      await this.#clock.sleep(pauseMs, signal);
    }
  }

  #unread(what: string, cause: unknown): TracingError {
    return new TracingError('READ_FAILED', `cannot read from ${this.#endpoint()}: ${what}`, { cause });
  }

  /** Exponential with full jitter, so that clients that failed together do not come back together. */
  #backOff(attempt: number): number {
    return Math.random() * Math.min(MAX_BACK_OFF_MS, (this.#options.backOffMs ?? 250) * 2 ** attempt);
  }

  /** `retryAfterMs`: null if asking again is no use. */
  async #attempt(path: string, projectId: string, signal: AbortSignal): Promise<Attempt> {
    const url = `${this.#endpoint()}${path}`;
    const headers = await readingHeaders(await this.#loadAuth(), url);
    const attemptSignal = AbortSignal.any([
      signal,
      AbortSignal.timeout(this.#options.attemptTimeoutMs ?? 10_000),
    ]);
    try {
      const fetch = this.#options.fetch ?? globalThis.fetch;
      const response = await fetch(url, { headers, signal: attemptSignal });
      if (response.ok) return { error: null, text: await response.text(), retryAfterMs: null };
      const refusal = await readRefusal(response);
      if (refusal.http === 404) return { error: null, text: null, retryAfterMs: null };
      const retryAfterMs = isTemporary(refusal) ? (refusal.retryAfterMs ?? 0) : null;
      return { error: refusalError(refusal, projectId), text: null, retryAfterMs };
    } catch (cause) {
      const what = attemptSignal.aborted ? 'no answer in time' : textOf(cause);
      return { error: this.#unread(what, cause), text: null, retryAfterMs: 0 };
    }
  }

  #endpoint(): string {
    return (this.#options.endpoint ?? 'https://cloudtrace.googleapis.com').replace(/\/+$/, '');
  }

  #loadAuth(): Promise<GoogleAuthLike> {
    this.#auth ??=
      this.#options.auth === undefined ? loadGoogleAuth('reading') : Promise.resolve(this.#options.auth);
    return this.#auth;
  }

  async #findProjectId(): Promise<string> {
    if (this.#options.projectId !== undefined) return this.#options.projectId;
    try {
      const projectId = await (await this.#loadAuth()).getProjectId?.();
      if (projectId === undefined) throw new Error('the credentials name none');
      return projectId;
    } catch (cause) {
      this.#projectId = undefined;
      throw new TracingError('BAD_OPTION', 'no project: set GCP_PROJECT_ID or projectId', { cause });
    }
  }
}

interface Attempt {
  readonly error: TracingError | null;
  readonly text: string | null;
  readonly retryAfterMs: number | null;
}

function toSpans(trace: V1Trace, projectId: string): readonly Span[] {
  const spans = spansFromV1(trace, projectId, { limits: null, unflatten: true });
  return spans.sort((a, b) => {
    if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano ? -1 : 1;
    return a.spanId < b.spanId ? -1 : 1;
  });
}

type MessageType = Parameters<typeof messageFromJson>[0];

function decode<T extends MessageType>(type: T, text: string) {
  const parsed = parseJsonText(text);
  const read = parsed.ok
    ? messageFromJson<T['fields']>(type, parsed.json, '', { ignoreUnknown: true })
    : null;
  if (read?.ok === true) return read.value;
  const why = read === null ? 'no JSON' : read.violations.map(({ description }) => description).join(' ');
  throw new TracingError('READ_FAILED', `Google's answer cannot be read: ${why}`);
}
