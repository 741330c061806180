import type { Span, TraceSummary } from '@utxoiq/model';
import type { Projects, TraceResult } from '@utxoiq/store';
import type { TraceSource } from '../src/source/trace-source.ts';

const empty = { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' };

export function makeSpan(overrides: Partial<Span> = {}): Span {
  return {
    projectId: 'utxoiq-local',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: null,
    traceState: '',
    flags: 1,
    name: 'GET /api/v1/insights',
    kind: 2,
    startUnixNano: 1_795_359_600_000_000_001n,
    endUnixNano: 1_795_359_600_250_000_001n,
    attributes: new Map<string, string | bigint>([
      ['http.request.method', 'GET'],
      ['http.response.status_code', 200n],
    ]),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 0, message: '' },
    resource: { ...empty, attributes: new Map([['service.name', 'web-api']]) },
    scope: { ...empty, name: '@utxoiq/tracing', version: '0.1.0' },
    ...overrides,
  };
}

/** Traces in memory: what routes need of a source where the test is about the route, not the store. */
export function memorySource(spans: readonly Span[]): TraceSource {
  const traceOf = ({ projects, traceId }: { projects: Projects; traceId: string }): TraceResult | null => {
    const found = spans.filter(
      (span) => span.traceId === traceId && (projects === 'all' || projects.includes(span.projectId)),
    );
    return found.length === 0 ? null : { summary: summaryOf(found), spans: found, partial: null };
  };
  return {
    getTrace: async (query) => traceOf(query),
    listTraces: async ({ projects, pageSize }) => {
      const ids = [...new Set(spans.map((span) => span.traceId))];
      const traces = ids.map((traceId) => traceOf({ projects, traceId })).filter((trace) => trace !== null);
      return {
        traces: traces.slice(0, pageSize).map((trace) => trace.summary),
        nextPageToken: traces.length > pageSize ? 'next+page' : null,
        partial: null,
      };
    },
    projects: async () => [...new Set(spans.map((span) => span.projectId))],
    ping: async () => undefined,
  };
}

function summaryOf(spans: readonly Span[]): TraceSummary {
  const [first] = spans;
  if (first === undefined) throw new Error('a trace has spans');
  const root = spans.find((span) => span.parentSpanId === null);
  return {
    traceId: first.traceId,
    projectId: first.projectId,
    root: root === undefined ? null : { ...root, serviceName: 'web-api' },
    startUnixNano: first.startUnixNano,
    endUnixNano: first.endUnixNano,
    spanCount: spans.length,
    errorCount: spans.filter((span) => span.status.code === 2).length,
    services: [{ name: 'web-api', spanCount: spans.length }],
  };
}
