import { Type } from '@fastify/type-provider-typebox';
import { given } from '../given.ts';
import { markPartial } from '../http/paging.ts';
import { populationOf } from '../http/population.ts';
import { filterParameters } from '../http/range-query.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { facetJson, heatmapJson, timeseriesJson } from '../representation/chart-json.ts';
import { analysisOf } from '../source/trace-source.ts';
import { questions } from './question.ts';
import type { RouteDeps } from './route-deps.ts';
import { FacetSchema, HeatmapSchema, TimeseriesSchema } from './schemas.ts';

/** What the viewer draws of the spans that a filter wants. */
export const chartRoutes: RoutePlugin<RouteDeps> = async (app, deps) => {
  const { source } = deps;
  const question = questions(deps);

  app.get(
    '/timeseries',
    question(
      'Rate, errors and latency over time',
      {
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
      TimeseriesSchema,
    ),
    async (request, reply) => {
      const { query } = request;
      const result = await analysisOf(source).timeseries({
        ...populationOf(request, reply, query),
        ...given({ groupBy: query.group_by, buckets: query.buckets, percentiles: query.percentiles }),
      });
      markPartial(reply, result.partial);
      return timeseriesJson(result);
    },
  );

  app.get(
    '/heatmap',
    question(
      'Spans by time and duration',
      {
        ...filterParameters,
        time_buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        duration_buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      },
      HeatmapSchema,
    ),
    async (request, reply) => {
      const { query } = request;
      const result = await analysisOf(source).heatmap({
        ...populationOf(request, reply, query),
        ...given({ timeBuckets: query.time_buckets, durationBuckets: query.duration_buckets }),
      });
      markPartial(reply, result.partial);
      return heatmapJson(result);
    },
  );

  app.get(
    '/facets',
    question(
      'Values with counts of several fields at once',
      {
        ...filterParameters,
        key: Type.Array(Type.String({ minLength: 1 }), {
          minItems: 1,
          maxItems: 50,
          description: '`service`, `name`, `status`, `kind` or an attribute name (repeat it)',
        }),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      },
      Type.Array(FacetSchema),
    ),
    async (request, reply) => {
      const { query } = request;
      const facets = await analysisOf(source).facets({
        ...populationOf(request, reply, query),
        keys: query.key,
        ...given({ limit: query.limit }),
      });
      markPartial(reply, facets.find(({ partial }) => partial !== null)?.partial ?? null);
      return facets.map(facetJson);
    },
  );
};
