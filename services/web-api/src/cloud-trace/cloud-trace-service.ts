import { encodeOtlpProtobuf, parseTraceId, type Span, type TraceSummary } from '@utxoiq/model';
import {
  CLOUD_TRACE_LIMITS,
  type CloudTraceLimits,
  decodeMessage,
  limitV2Span,
  ServiceResources,
  spanFromV2,
  spansFromV1,
  traceIdProblem,
  transcodeBatch,
  type V1ListTracesRequest,
  type V1ListTracesResponse,
  type V1Trace,
  type V1Traces,
  type V2Span,
  V2SpanType,
  v1FromSpans,
  v1TraceProblem,
  v2FromSpan,
  v2SpanProblem,
} from '@utxoiq/model/cloud-trace';
import type { CloudTraceDeps, IngestAnswer } from './cloud-trace-deps.ts';
import { GoogleError, invalidField } from './google-error.ts';
import { type ListRequest, readListRequest } from './list-request.ts';
import { GOOGLE_QUOTA } from './quota-meter.ts';

/** Who calls, and until when the answer is wanted. */
export interface Caller {
  readonly token: string | null;
  readonly signal?: AbortSignal;
}

/** cloud.google.com/trace/docs/quotas: what GetTrace shows of a trace. */
const MAX_SPANS_PER_TRACE = 10_000;

/** The methods of Cloud Trace v1 and v2, the same for REST, gRPC and MCP. Throws {@link GoogleError}. */
export class CloudTraceService {
  readonly #deps: CloudTraceDeps;
  readonly #limits: CloudTraceLimits;

  constructor(deps: CloudTraceDeps) {
    this.#deps = deps;
    this.#limits = CLOUD_TRACE_LIMITS[deps.profile];
  }

  /** @param path where the traces stand in the request, for errors. */
  async patchTraces(projectId: string, traces: V1Traces, caller: Caller, path = 'traces'): Promise<void> {
    await this.#mayWrite(projectId, caller);
    const options = { projectId, limits: this.#limits, nowUnixNano: this.#nowUnixNano() };
    const spans: Span[] = [];
    for (const [index, trace] of traces.traces.entries()) {
      const problem = v1TraceProblem(trace, `${path}.traces[${index}]`, options);
      if (problem !== null) throw invalidField(problem.field, problem.description);
      for (const span of spansFromV1(trace, projectId, { limits: this.#limits })) spans.push(span);
    }
    this.#checkCount(spans.length, `${path}.traces`);
    await this.#write(spans, projectId);
  }

  async batchWriteSpans(projectId: string, v2Spans: readonly V2Span[], caller: Caller): Promise<void> {
    await this.#mayWrite(projectId, caller);
    this.#checkCount(v2Spans.length, 'spans');
    const resources = new ServiceResources();
    const spans = v2Spans.map((span, index) => this.#readV2(span, projectId, `spans[${index}]`, resources));
    await this.#write(spans, projectId);
  }

  /** The same with each span in protobuf: those that need no thought go to the log without being decoded. */
  async batchWriteProtobuf(projectId: string, v2Spans: readonly Uint8Array[], caller: Caller): Promise<void> {
    await this.#mayWrite(projectId, caller);
    this.#checkCount(v2Spans.length, 'spans');
    const { ingestOtlp } = this.#deps;
    const { otlp, others } =
      ingestOtlp === undefined
        ? { otlp: NOTHING, others: [...v2Spans.keys()] }
        : transcodeBatch(v2Spans, { projectId, limits: this.#limits });
    const resources = new ServiceResources();
    const spans = others.map((index) => {
      const span = decodeMessage(V2SpanType, v2Spans[index] ?? NOTHING);
      return this.#readV2(span, projectId, `spans[${index}]`, resources);
    });
    if (ingestOtlp === undefined || spans.length === v2Spans.length) return this.#write(spans, projectId);
    // Two messages in a row are one with the fields of both.
    const whole = spans.length === 0 ? otlp : Buffer.concat([otlp, encodeOtlpProtobuf(spans)]);
    throwUnlessAccepted(await ingestOtlp(whole, v2Spans.length, projectId));
  }

  /** Answers the span as it was kept. */
  async createSpan(projectId: string, v2Span: V2Span, caller: Caller): Promise<V2Span> {
    await this.#mayWrite(projectId, caller);
    const span = this.#readV2(v2Span, projectId, '', new ServiceResources());
    await this.#write([span], projectId);
    return v2FromSpan(span);
  }

  async getTrace(projectId: string, traceIdText: string, caller: Caller): Promise<V1Trace> {
    checkProject(projectId);
    await this.#deps.access.check('cloudtrace.traces.get', projectId, caller.token);
    const traceId = parseTraceId(traceIdText);
    if (traceId === null) throw invalidField('trace_id', traceIdProblem(traceIdText) ?? '');
    this.#deps.quota?.spend(projectId, 'Read', 1);
    const trace = await this.#deps.reader.getTrace({
      projects: [projectId],
      traceId,
      maxSpans: MAX_SPANS_PER_TRACE,
      ...(caller.signal === undefined ? {} : { signal: caller.signal }),
    });
    if (trace === null) throw new GoogleError('NOT_FOUND', 'Requested entity was not found.');
    return v1FromSpans(projectId, traceId, trace.spans.slice(0, MAX_SPANS_PER_TRACE));
  }

  async listTraces(request: V1ListTracesRequest, caller: Caller): Promise<V1ListTracesResponse> {
    const { projectId } = request;
    checkProject(projectId);
    await this.#deps.access.check('cloudtrace.traces.list', projectId, caller.token);
    const { strictHttpNames, reader, quota } = this.#deps;
    const list = readListRequest(request, { strictHttpNames });
    quota?.spend(projectId, 'Read', GOOGLE_QUOTA.listUnits);
    const page = await reader.listTraces({
      projects: [projectId],
      startUnixNano: list.startUnixNano,
      endUnixNano: list.endUnixNano,
      filter: list.filter,
      orderBy: list.orderBy,
      orderOf: 'root',
      pageSize: list.pageSize,
      ...(list.pageToken === null ? {} : { pageToken: list.pageToken }),
      ...(caller.signal === undefined ? {} : { signal: caller.signal }),
    });
    const cut = page.partial?.reason;
    if (cut === 'time' || cut === 'memory') {
      // v1 has no word for half an answer, and a reader would take it for the whole.
      throw new GoogleError('DEADLINE_EXCEEDED', 'Deadline exceeded. Narrow the time range or the filter.');
    }
    const spans = await this.#spansOfPage(projectId, list, page.traces, caller);
    const traces = page.traces.map(({ traceId }) =>
      v1FromSpans(projectId, traceId, spans.get(traceId) ?? []),
    );
    return { traces, nextPageToken: page.nextPageToken ?? '' };
  }

  async #spansOfPage(
    projectId: string,
    { view }: ListRequest,
    traces: readonly TraceSummary[],
    { signal }: Caller,
  ): Promise<Map<string, Span[]>> {
    const byTrace = new Map<string, Span[]>();
    if (view === 'minimal' || traces.length === 0) return byTrace;
    const spans = await this.#deps.reader.spansOfTraces({
      projects: [projectId],
      traceIds: traces.map(({ traceId }) => traceId),
      startUnixNano: traces.reduce((least, trace) => earlier(least, trace.startUnixNano), 1n << 63n),
      endUnixNano: traces.reduce((most, trace) => later(most, trace.endUnixNano), 0n),
      rootsOnly: view === 'rootspan',
      maxSpansPerTrace: MAX_SPANS_PER_TRACE,
      ...(signal === undefined ? {} : { signal }),
    });
    for (const span of spans) {
      const known = byTrace.get(span.traceId);
      if (known === undefined) byTrace.set(span.traceId, [span]);
      else known.push(span);
    }
    return byTrace;
  }

  #readV2(v2: V2Span, projectId: string, path: string, resources: ServiceResources): Span {
    const options = { projectId, limits: this.#limits, nowUnixNano: this.#nowUnixNano() };
    const problem = v2SpanProblem(v2, path, options);
    if (problem !== null) throw invalidField(problem.field, problem.description);
    limitV2Span(v2, this.#limits);
    return spanFromV2(v2, resources);
  }

  async #mayWrite(projectId: string, { token }: Caller): Promise<void> {
    checkProject(projectId);
    await this.#deps.access.check('cloudtrace.traces.patch', projectId, token);
    this.#deps.quota?.spend(projectId, 'Write', 1);
  }

  #checkCount(count: number, field: string): void {
    const most = this.#limits.spansPerRequest;
    if (count > most) throw invalidField(field, `Too many spans in one request: ${count}, at most ${most}.`);
  }

  async #write(spans: readonly Span[], projectId: string): Promise<void> {
    if (spans.length === 0) return;
    throwUnlessAccepted(await this.#deps.ingest(spans, projectId));
  }

  #nowUnixNano(): bigint {
    return BigInt((this.#deps.now ?? Date.now)()) * 1_000_000n;
  }
}

const NOTHING = new Uint8Array(0);

function throwUnlessAccepted(answer: IngestAnswer): void {
  switch (answer.status) {
    case 'accepted':
      return;
    case 'rejected':
      throw new GoogleError('INVALID_ARGUMENT', answer.reason);
    case 'busy': {
      const { retryAfterMs } = answer;
      throw new GoogleError('UNAVAILABLE', 'The service is currently unavailable.', { retryAfterMs });
    }
  }
}

function checkProject(projectId: string): void {
  if (/^[\w.:-]{1,100}$/.test(projectId)) return;
  throw invalidField('project_id', `Invalid project id: ${JSON.stringify(projectId.slice(0, 200))}`);
}

function earlier(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

function later(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}
