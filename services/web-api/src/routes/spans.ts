import { Type } from '@fastify/type-provider-typebox';
import type { SpanOrder } from '@utxoiq/store';
import { invalidArgument } from '../errors/api-error.ts';
import { given } from '../given.ts';
import { markPartial, nextPageLink } from '../http/paging.ts';
import { populationOf } from '../http/population.ts';
import { filterParameters } from '../http/range-query.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { spanSummaryJson } from '../representation/summary-json.ts';
import { analysisOf } from '../source/trace-source.ts';
import { questions } from './question.ts';
import type { RouteDeps } from './route-deps.ts';
import { SpanSummarySchema } from './schemas.ts';

const orders: readonly SpanOrder[] = ['start desc', 'start', 'duration desc', 'duration'];

/** Lists spans, over all traces. */
export const spanRoutes: RoutePlugin<RouteDeps> = async (app, deps) => {
  const question = questions(deps);

  app.get(
    '/spans',
    question(
      'List spans in a range of time',
      {
        ...filterParameters,
        page_size: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
        page_token: Type.Optional(Type.String({ maxLength: 4096 })),
        order_by: Type.Optional(Type.String({ description: `One of ${orders.join(', ')}` })),
      },
      Type.Array(SpanSummarySchema),
    ),
    async (request, reply) => {
      const { query } = request;
      const result = await analysisOf(deps.source).listSpans({
        ...populationOf(request, reply, query),
        orderBy: parseOrder(query.order_by),
        pageSize: query.page_size,
        ...given({ pageToken: query.page_token }),
      });
      nextPageLink(request, reply, result.nextPageToken);
      markPartial(reply, result.partial);
      return result.spans.map(spanSummaryJson);
    },
  );
};

function parseOrder(text: string | undefined): SpanOrder {
  if (text === undefined) return 'start desc';
  const order = orders.find((known) => known === text);
  if (order === undefined) throw invalidArgument('order_by', text, `one of ${orders.join(', ')}`);
  return order;
}
