import type { Static } from '@fastify/type-provider-typebox';
import { Type } from '@fastify/type-provider-typebox';
import type { CompareQuery } from '@utxoiq/store';
import { requireRole } from '../auth/request-auth.ts';
import { given } from '../given.ts';
import { markPartial } from '../http/paging.ts';
import { populationOf } from '../http/population.ts';
import { filterParameters, parseFilter, parseTime, rangeParameters } from '../http/range-query.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { compareJson } from '../representation/chart-json.ts';
import { analysisOf } from '../source/trace-source.ts';
import type { RouteDeps } from './route-deps.ts';
import { CompareSchema, problemResponses } from './schemas.ts';

const closed = { additionalProperties: false } as const;
/** Three hundred years: what 64 bits of nanoseconds can say. */
const durationMs = Type.Number({ minimum: 0, maximum: 1e13 });
const CompareBody = Type.Object(
  {
    ...rangeParameters,
    ...filterParameters,
    selection: Type.Object(
      {
        start_time: Type.String(),
        end_time: Type.String(),
        min_duration_ms: Type.Optional(durationMs),
        max_duration_ms: Type.Optional(durationMs),
        filter_str: filterParameters.filter_str,
      },
      closed,
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  closed,
);

/** "What is different?": the selected spans against the rest, over every attribute. */
export const compareRoutes: RoutePlugin<RouteDeps> = async (app, { auth, source }) => {
  app.post(
    '/compare',
    {
      onRequest: requireRole(auth, 'viewer'),
      schema: {
        tags: ['analysis'],
        summary: 'Rank what sets a selection of spans apart from the rest',
        body: CompareBody,
        response: { 200: CompareSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const result = await analysisOf(source).compare({
        ...populationOf(request, reply, body),
        selection: parseSelection(body),
        ...given({ limit: body.limit }),
      });
      markPartial(reply, result.partial);
      return compareJson(result);
    },
  );
};

function parseSelection({ selection, language }: Static<typeof CompareBody>): CompareQuery['selection'] {
  const { filter } = parseFilter(
    given({ filter_str: selection.filter_str, language }),
    'selection.filter_str',
  );
  const { min_duration_ms: min, max_duration_ms: max } = selection;
  return {
    startUnixNano: parseTime('selection.start_time', selection.start_time),
    endUnixNano: parseTime('selection.end_time', selection.end_time),
    ...(min === undefined ? {} : { minDurationNanos: nanosOf(min) }),
    ...(max === undefined ? {} : { maxDurationNanos: nanosOf(max) }),
    ...(filter === null ? {} : { filter }),
  };
}

const nanosOf = (ms: number): bigint => BigInt(Math.round(ms * 1e6));
