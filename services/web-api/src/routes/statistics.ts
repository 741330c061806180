import { Type } from '@fastify/type-provider-typebox';
import type { TimeRangeQuery } from '@utxoiq/store';
import type { FastifyReply } from 'fastify';
import { given } from '../given.ts';
import { markPartial } from '../http/paging.ts';
import { populationOf, rangeOf } from '../http/population.ts';
import { filterParameters } from '../http/range-query.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { dependencyJson, operationStatsJson, serviceStatsJson } from '../representation/summary-json.ts';
import { analysisOf, type TraceAnalysis } from '../source/trace-source.ts';
import { questions } from './question.ts';
import type { RouteDeps } from './route-deps.ts';
import {
  AttributeKeySchema,
  DependencySchema,
  OperationSchema,
  ServiceSchema,
  ValueCountSchema,
} from './schemas.ts';

const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }));
const prefix = Type.Optional(Type.String({ maxLength: 1000 }));

/** What there is in a range of time: services, operations, who calls whom, attribute names and values. */
export const statisticsRoutes: RoutePlugin<RouteDeps> = async (app, deps) => {
  const { source } = deps;
  const question = questions(deps);

  app.get(
    '/services',
    question('Rate, errors and latency by service', filterParameters, Type.Array(ServiceSchema)),
    async (request, reply) => {
      const range = populationOf(request, reply, request.query);
      const analysis = await sampleOf(analysisOf(source), reply, range);
      return (await analysis.services(range)).map(serviceStatsJson);
    },
  );

  app.get(
    '/operations',
    question(
      'Rate, errors and latency by operation',
      { ...filterParameters, service: Type.Optional(Type.String()) },
      Type.Array(OperationSchema),
    ),
    async (request, reply) => {
      const { query } = request;
      const range = populationOf(request, reply, query);
      const analysis = await sampleOf(analysisOf(source), reply, range);
      const stats = await analysis.operations({ ...range, ...given({ service: query.service }) });
      return stats.map(operationStatsJson);
    },
  );

  app.get(
    '/dependencies',
    question('Calls between services', {}, Type.Array(DependencySchema)),
    async (request, reply) => {
      const range = rangeOf(request, reply, request.query);
      const analysis = await sampleOf(analysisOf(source), reply, range);
      return (await analysis.dependencies(range)).map(dependencyJson);
    },
  );

  app.get(
    '/attributes',
    question(
      'Attribute names in use, most frequent first',
      { prefix, limit },
      Type.Array(AttributeKeySchema),
    ),
    async (request, reply) => {
      const { query } = request;
      const range = rangeOf(request, reply, query);
      const analysis = await sampleOf(analysisOf(source), reply, range);
      return analysis.attributeKeys({ ...range, ...given({ prefix: query.prefix, limit: query.limit }) });
    },
  );

  app.get(
    '/attributes/values',
    question(
      'Values of an attribute, most frequent first',
      { key: Type.String({ minLength: 1 }), prefix, limit },
      Type.Array(ValueCountSchema),
    ),
    async (request, reply) => {
      const { query } = request;
      const range = rangeOf(request, reply, query);
      const analysis = await sampleOf(analysisOf(source), reply, range);
      return analysis.attributeValues({
        ...range,
        key: query.key,
        ...given({ prefix: query.prefix, limit: query.limit }),
      });
    },
  );
};

/** The analysis itself; says before that its answers rest on a sample of the range, where they do. */
async function sampleOf(
  analysis: TraceAnalysis,
  reply: FastifyReply,
  range: TimeRangeQuery,
): Promise<TraceAnalysis> {
  markPartial(reply, (await analysis.partialOf?.(range)) ?? null);
  return analysis;
}
