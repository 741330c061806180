import { Type } from '@fastify/type-provider-typebox';
import type { Filter } from '@utxoiq/model';
import type { SpanOrder, TimeRangeQuery } from '@utxoiq/store';
import type { FastifyReply } from 'fastify';
import { projectsOf, requireRole } from '../auth/request-auth.ts';
import { ApiError, invalidArgument } from '../errors/api-error.ts';
import { callerGone } from '../http/caller-gone.ts';
import { markPartial, nextPageLink } from '../http/paging.ts';
import { filterParameters, parseFilter, parseRange, rangeParameters } from '../http/range-query.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { facetJson, heatmapJson, timeseriesJson } from '../representation/chart-json.ts';
import {
  dependencyJson,
  operationStatsJson,
  serviceStatsJson,
  spanSummaryJson,
} from '../representation/summary-json.ts';
import type { TraceAnalysis, TraceSource } from '../source/trace-source.ts';
import type { RouteDeps } from './route-deps.ts';
import {
  AttributeKeySchema,
  DependencySchema,
  FacetSchema,
  HeatmapSchema,
  OperationSchema,
  problemResponses,
  ServiceSchema,
  SpanSummarySchema,
  TimeseriesSchema,
  ValueCountSchema,
} from './schemas.ts';

const spanOrders: readonly SpanOrder[] = ['start desc', 'start', 'duration desc', 'duration'];
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }));
const prefix = Type.Optional(Type.String({ maxLength: 1000 }));
const closed = { additionalProperties: false } as const;
const tags = ['analysis'];

/** What the viewer's charts, facets and completions ask: all over a range of time. */
export const analysisRoutes: RoutePlugin<RouteDeps> = async (app, { auth, source }) => {
  const onRequest = requireRole(auth, 'viewer');

  app.get(
    '/spans',
    {
      onRequest,
      schema: {
        tags,
        summary: 'List spans in a range of time',
        querystring: Type.Object(
          {
            ...rangeParameters,
            ...filterParameters,
            page_size: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
            page_token: Type.Optional(Type.String({ maxLength: 4096 })),
            order_by: Type.Optional(Type.String({ description: `One of ${spanOrders.join(', ')}` })),
          },
          closed,
        ),
        response: { 200: Type.Array(SpanSummarySchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { filter } = parseFilter(query);
      const result = await analysisOf(source).listSpans({
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        filter,
        orderBy: parseSpanOrder(query.order_by),
        pageSize: query.page_size,
        ...(query.page_token === undefined ? {} : { pageToken: query.page_token }),
        signal: callerGone(reply),
      });
      nextPageLink(request, reply, result.nextPageToken);
      markPartial(reply, result.partial);
      return result.spans.map(spanSummaryJson);
    },
  );

  app.get(
    '/services',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Rate, errors and latency by service',
        querystring: Type.Object(rangeParameters, closed),
        response: { 200: Type.Array(ServiceSchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const asked = {
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        signal: callerGone(reply),
      };
      await markSample(reply, source, asked);
      const stats = await analysisOf(source).services(asked);
      return stats.map(serviceStatsJson);
    },
  );

  app.get(
    '/operations',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Rate, errors and latency by operation',
        querystring: Type.Object({ ...rangeParameters, service: Type.Optional(Type.String()) }, closed),
        response: { 200: Type.Array(OperationSchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const asked = {
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        ...(query.service === undefined ? {} : { service: query.service }),
        signal: callerGone(reply),
      };
      await markSample(reply, source, asked);
      const stats = await analysisOf(source).operations(asked);
      return stats.map(operationStatsJson);
    },
  );

  app.get(
    '/dependencies',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Calls between services',
        querystring: Type.Object(rangeParameters, closed),
        response: { 200: Type.Array(DependencySchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const asked = {
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        signal: callerGone(reply),
      };
      await markSample(reply, source, asked);
      const dependencies = await analysisOf(source).dependencies(asked);
      return dependencies.map(dependencyJson);
    },
  );

  app.get(
    '/attributes',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Attribute names in use, most frequent first',
        querystring: Type.Object({ ...rangeParameters, prefix, limit }, closed),
        response: { 200: Type.Array(AttributeKeySchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const asked = {
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        ...(query.prefix === undefined ? {} : { prefix: query.prefix }),
        ...(query.limit === undefined ? {} : { limit: query.limit }),
        signal: callerGone(reply),
      };
      await markSample(reply, source, asked);
      return analysisOf(source).attributeKeys(asked);
    },
  );

  app.get(
    '/attributes/values',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Values of an attribute, most frequent first',
        querystring: Type.Object(
          { ...rangeParameters, key: Type.String({ minLength: 1 }), prefix, limit },
          closed,
        ),
        response: { 200: Type.Array(ValueCountSchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const asked = {
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        key: query.key,
        ...(query.prefix === undefined ? {} : { prefix: query.prefix }),
        ...(query.limit === undefined ? {} : { limit: query.limit }),
        signal: callerGone(reply),
      };
      await markSample(reply, source, asked);
      return analysisOf(source).attributeValues(asked);
    },
  );

  app.get(
    '/timeseries',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Rate, errors and latency over time',
        querystring: Type.Object(
          {
            ...rangeParameters,
            ...filterParameters,
            group_by: Type.Optional(
              Type.Union([Type.Literal('service'), Type.Literal('operation')], {
                enum: ['service', 'operation'],
              }),
            ),
            buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
            percentiles: Type.Optional(
              Type.Boolean({
                description: 'false: p50 to p99 are 0, and the answer comes much faster (default true)',
              }),
            ),
          },
          closed,
        ),
        response: { 200: TimeseriesSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const result = await analysisOf(source).timeseries({
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        filter: parseFilter(query).filter,
        ...(query.group_by === undefined ? {} : { groupBy: query.group_by }),
        ...(query.buckets === undefined ? {} : { buckets: query.buckets }),
        ...(query.percentiles === undefined ? {} : { percentiles: query.percentiles }),
        signal: callerGone(reply),
      });
      markPartial(reply, result.partial);
      return timeseriesJson(result);
    },
  );

  app.get(
    '/heatmap',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Spans by time and duration',
        querystring: Type.Object(
          {
            ...rangeParameters,
            ...filterParameters,
            time_buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
            duration_buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
          },
          closed,
        ),
        response: { 200: HeatmapSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const result = await analysisOf(source).heatmap({
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        filter: parseFilter(query).filter,
        ...(query.time_buckets === undefined ? {} : { timeBuckets: query.time_buckets }),
        ...(query.duration_buckets === undefined ? {} : { durationBuckets: query.duration_buckets }),
        signal: callerGone(reply),
      });
      markPartial(reply, result.partial);
      return heatmapJson(result);
    },
  );

  app.get(
    '/facets',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Values with counts of several fields at once',
        querystring: Type.Object(
          {
            ...rangeParameters,
            ...filterParameters,
            key: Type.Array(Type.String({ minLength: 1 }), {
              minItems: 1,
              maxItems: 50,
              description: '`service`, `name`, `status`, `kind` or an attribute name (repeat it)',
            }),
            limit,
          },
          closed,
        ),
        response: { 200: Type.Array(FacetSchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const facets = await analysisOf(source).facets({
        projects: projectsOf(request, query.project),
        ...parseRange(query),
        filter: parseFilter(query).filter,
        keys: query.key,
        ...(query.limit === undefined ? {} : { limit: query.limit }),
        signal: callerGone(reply),
      });
      markPartial(reply, facets.find(({ partial }) => partial !== null)?.partial ?? null);
      return facets.map(facetJson);
    },
  );
};

/** Says that an answer rests on a sample of the range, where it does. */
async function markSample(
  reply: FastifyReply,
  source: TraceSource,
  query: TimeRangeQuery & { readonly filter?: Filter | null },
): Promise<void> {
  markPartial(reply, (await analysisOf(source).partialOf?.(query)) ?? null);
}

/** The source's analysis, or 501 where its backend has none. */
export function analysisOf(source: TraceSource): TraceAnalysis {
  if (source.analysis !== undefined) return source.analysis;
  throw new ApiError('NOT_SUPPORTED', 'Google Cloud Trace cannot answer this', {
    next_step: 'Unset TRACE_SOURCE to read from the store.',
  });
}

function parseSpanOrder(text: string | undefined): SpanOrder {
  if (text === undefined) return 'start desc';
  const order = spanOrders.find((known) => known === text);
  if (order === undefined) throw invalidArgument('order_by', text, `one of ${spanOrders.join(', ')}`);
  return order;
}
