import { type Span, serviceNameOf } from '@utxoiq/model';
import type { Dependency, ListSpansQuery, SpanOrder, SpanSummary } from '@utxoiq/store';
import { ApiError, invalidArgument } from '../../errors/api-error.ts';
import type { TraceAnalysis } from '../trace-source.ts';
import { heatmapOf, timeseriesOf } from './charts.ts';
import { compareSpans } from './compare.ts';
import { byCount, durationOf, groupsOf, redStats } from './red-stats.ts';
import type { TraceSamples } from './trace-sample.ts';
import { countKeys, countValues } from './values.ts';

/** Charts, facets and comparison over a sample of traces, where the backend has no way to ask for them. */
export function sampledAnalysis(samples: TraceSamples): TraceAnalysis {
  return {
    partialOf: async (query) => (await samples.spans(query)).partial,
    listSpans: async (query) => {
      const { spans, partial } = await samples.spans(query);
      return { ...pageOf(spans, query), partial };
    },
    attributeKeys: async (query) => countKeys((await samples.spans(query)).spans, query),
    attributeValues: async (query) =>
      countValues((await samples.spans(query)).spans, query.key, {
        prefix: query.prefix,
        limit: query.limit ?? 20,
      }),
    services: async (query) => {
      const groups = groupsOf((await samples.spans(query)).spans, serviceNameOf);
      return Array.from(groups, ([service, spans]) => ({ service, ...redStats(spans) })).sort(byCount);
    },
    operations: async ({ service, ...query }) => {
      const { spans } = await samples.spans(query);
      const groups = groupsOf(
        spans.filter((span) => service === undefined || serviceNameOf(span) === service),
        (span) => JSON.stringify([serviceNameOf(span), span.name, span.kind]),
      );
      return [...groups.values()].flatMap(statsOfOperation).sort(byCount);
    },
    timeseries: async (query) => {
      const { spans, partial } = await samples.spans(query);
      return timeseriesOf(spans, query, partial);
    },
    heatmap: async (query) => {
      const { spans, partial } = await samples.spans(query);
      return heatmapOf(spans, query, partial);
    },
    facets: async (query) => {
      const { spans, partial } = await samples.spans(query);
      const limit = query.limit ?? 10;
      return query.keys.map((key) => ({ key, values: countValues(spans, key, { limit }), partial }));
    },
    dependencies: async (query) => dependenciesOf((await samples.spans(query)).spans),
    compare: async (query) => {
      const { spans, partial } = await samples.spans(query);
      return compareSpans(spans, query, partial);
    },
    deleteTrace: async () => {
      throw new ApiError('NOT_SUPPORTED', 'Google Cloud Trace deletes no single traces', {
        next_step: 'It keeps traces for 30 days.',
      });
    },
  };
}

function statsOfOperation(spans: readonly Span[]) {
  const [first] = spans;
  if (first === undefined) return [];
  const { name: operation, kind } = first;
  return [{ service: serviceNameOf(first), operation, kind, ...redStats(spans) }];
}

function dependenciesOf(spans: readonly Span[]): readonly Dependency[] {
  const services = new Map(spans.map((span) => [`${span.traceId}${span.spanId}`, serviceNameOf(span)]));
  const callerOf = (span: Span) => services.get(`${span.traceId}${span.parentSpanId}`);
  const calls = spans.filter((span) => ![undefined, serviceNameOf(span)].includes(callerOf(span)));
  const groups = groupsOf(calls, (span) => JSON.stringify([callerOf(span), serviceNameOf(span)]));
  return Array.from(groups, ([edge, called]) => {
    const [parent = '', child = ''] = JSON.parse(edge) as string[];
    return { parent, child, ...redStats(called) };
  }).sort(byCount);
}

/** A page token is the number of spans before it: the sample stays the same while it is kept. */
function pageOf(
  spans: readonly Span[],
  { orderBy = 'start desc', pageSize, pageToken = '0' }: ListSpansQuery,
) {
  if (!/^\d{1,9}$/.test(pageToken)) {
    throw invalidArgument('page_token', pageToken, 'a token from the Link header of the page before');
  }
  const from = Number(pageToken);
  const sorted = spans.toSorted(comparers[orderBy]);
  const to = from + pageSize;
  return {
    spans: sorted.slice(from, to).map(spanSummary),
    nextPageToken: to < sorted.length ? String(to) : null,
  };
}

const byStart = (a: Span, b: Span): number => Number(a.startUnixNano - b.startUnixNano);
const byDuration = (a: Span, b: Span): number => durationOf(a) - durationOf(b);
const comparers: Readonly<Record<SpanOrder, (a: Span, b: Span) => number>> = {
  start: byStart,
  'start desc': (a, b) => byStart(b, a),
  duration: byDuration,
  'duration desc': (a, b) => byDuration(b, a),
};

function spanSummary(span: Span): SpanSummary {
  const { projectId, traceId, spanId, parentSpanId, name, kind, startUnixNano, endUnixNano } = span;
  return {
    projectId,
    traceId,
    spanId,
    parentSpanId,
    name,
    serviceName: serviceNameOf(span),
    kind,
    statusCode: span.status.code,
    startUnixNano,
    endUnixNano,
  };
}
