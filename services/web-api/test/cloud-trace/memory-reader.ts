import { matchesTrace, rootOf, type Span, type TraceOrder, type TraceSummary } from '@utxoiq/model';
import type {
  ListTracesQuery,
  ListTracesResult,
  SpansOfTracesQuery,
  TraceQuery,
  TraceResult,
} from '@utxoiq/store';
import type { CloudTraceReader } from '../../src/cloud-trace/cloud-trace-deps.ts';

/** The slow, obvious store: a list of spans. */
export class MemoryReader implements CloudTraceReader {
  readonly spans: Span[] = [];

  async getTrace({ projects, traceId }: TraceQuery): Promise<TraceResult | null> {
    const spans = this.#of(projects).filter((span) => span.traceId === traceId);
    return spans.length === 0 ? null : { summary: summaryOf(spans), spans, partial: null };
  }

  async listTraces(query: ListTracesQuery): Promise<ListTracesResult> {
    const from = query.pageToken === undefined ? 0 : pageStart(query, query.pageToken);
    if (Number.isNaN(from))
      throw Object.assign(new Error('bad'), { name: 'StoreError', code: 'INVALID_PAGE_TOKEN' });
    const groups = [...Map.groupBy(this.#of(query.projects), ({ traceId }) => traceId).values()]
      .filter((spans) => matchesTrace(query.filter, spans))
      .map(summaryOf)
      .filter(
        ({ startUnixNano, endUnixNano }) =>
          startUnixNano <= query.endUnixNano && endUnixNano >= query.startUnixNano,
      )
      .sort(comparator(query.orderBy ?? 'start desc', query.orderOf === 'root'));
    const traces = groups.slice(from, from + query.pageSize);
    const next = from + query.pageSize;
    return { traces, nextPageToken: next < groups.length ? pageToken(query, next) : null, partial: null };
  }

  async spansOfTraces(query: SpansOfTracesQuery): Promise<readonly Span[]> {
    return this.#of(query.projects).filter(
      (span) => query.traceIds.includes(span.traceId) && (!query.rootsOnly || span.parentSpanId === null),
    );
  }

  #of(projects: TraceQuery['projects']): Span[] {
    return this.spans.filter(({ projectId }) => projects === 'all' || projects.includes(projectId));
  }
}

/** A token is good for its query alone, as the store's are. */
function pageToken(
  { pageToken: _, pageSize: __, signal: ___, ...query }: ListTracesQuery,
  from: number,
): string {
  const asked = JSON.stringify(query, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
  return `${from}.${Buffer.from(asked).toString('base64url')}`;
}

function pageStart(query: ListTracesQuery, token: string): number {
  const from = Number.parseInt(token, 10);
  return token === pageToken(query, from) ? from : Number.NaN;
}

const byNumber = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

function summaryOf(spans: readonly Span[]): TraceSummary {
  const root = rootOf(spans);
  const first = spans[0];
  if (first === undefined) throw new Error('a trace has spans');
  return {
    traceId: first.traceId,
    projectId: first.projectId,
    root:
      root === undefined
        ? null
        : {
            spanId: root.spanId,
            name: root.name,
            serviceName: String(root.resource.attributes.get('service.name') ?? ''),
            startUnixNano: root.startUnixNano,
            endUnixNano: root.endUnixNano,
          },
    startUnixNano: spans.map((span) => span.startUnixNano).toSorted(byNumber)[0] ?? 0n,
    endUnixNano:
      spans
        .map((span) => span.endUnixNano)
        .toSorted(byNumber)
        .at(-1) ?? 0n,
    spanCount: spans.length,
    errorCount: spans.filter(({ status }) => status.code === 2).length,
    services: [],
  };
}

function comparator(order: TraceOrder, ofRoot: boolean): (a: TraceSummary, b: TraceSummary) => number {
  const [field = '', descending] = order.split(' ');
  const key = (trace: TraceSummary): string | bigint => {
    if (field === 'trace_id') return trace.traceId;
    if (field === 'name') return trace.root?.name ?? '';
    if (field === 'start') return trace.startUnixNano;
    const times = (ofRoot ? trace.root : null) ?? trace;
    return times.endUnixNano - times.startUnixNano;
  };
  const sign = descending === undefined ? 1 : -1;
  return (a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0);
}
