import { Type } from '@fastify/type-provider-typebox';
import { buildOutline, encodeOtlpJson, parseSpanId, parseTraceId, type TraceOrder } from '@utxoiq/model';
import type { TraceResult } from '@utxoiq/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOf, projectsOf, requireRole } from '../auth/request-auth.ts';
import { ApiError, invalidArgument } from '../errors/api-error.ts';
import { given } from '../given.ts';
import { callerGone } from '../http/caller-gone.ts';
import { markPartial, nextPageLink } from '../http/paging.ts';
import { rangeOf } from '../http/population.ts';
import { filterParameters, parseFilter, rangeParameters } from '../http/range-query.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { outlineBytes } from '../representation/outline-bytes.ts';
import { spanJson } from '../representation/span-json.ts';
import { traceSummaryJson } from '../representation/summary-json.ts';
import { traceJson } from '../representation/trace-json.ts';
import type { RouteDeps } from './route-deps.ts';
import {
  notFoundResponse,
  problemResponses,
  SpanSchema,
  TraceSchema,
  TraceSummarySchema,
} from './schemas.ts';

const orders: readonly TraceOrder[] = [
  'start desc',
  'start',
  'duration desc',
  'duration',
  'name',
  'name desc',
  'trace_id',
  'trace_id desc',
];
const maxPageTokenLength = 4096;
/** An outline's row takes about 20 bytes on the way, so far more fit than into a trace with all its attributes. */
const maxOutlineSpans = 1_500_000;

const TraceParams = Type.Object({ trace_id: Type.String({ description: '32 hexadecimal digits' }) });
const ProjectQuery = { project: rangeParameters.project };
const tags = ['traces'];

/** Lists and reads traces. */
export const traceRoutes: RoutePlugin<RouteDeps> = async (app, { auth, source }) => {
  const viewer = requireRole(auth, 'viewer');

  app.get(
    '/traces',
    {
      onRequest: viewer,
      schema: {
        tags,
        summary: 'List traces in a range of time',
        querystring: Type.Object(
          {
            ...rangeParameters,
            ...filterParameters,
            page_size: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
            page_token: Type.Optional(Type.String({ maxLength: maxPageTokenLength })),
            order_by: Type.Optional(Type.String({ description: `One of ${orders.join(', ')}` })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Array(TraceSummarySchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const result = await source.listTraces({
        ...rangeOf(request, reply, query),
        ...parseFilter(query),
        orderBy: parseOrder(query.order_by),
        pageSize: query.page_size,
        ...given({ pageToken: query.page_token }),
      });
      nextPageLink(request, reply, result.nextPageToken);
      markPartial(reply, result.partial);
      return result.traces.map(traceSummaryJson);
    },
  );

  app.get(
    '/traces/:trace_id',
    {
      onRequest: viewer,
      schema: {
        tags,
        summary: 'One trace with all its spans',
        params: TraceParams,
        querystring: Type.Object(
          {
            ...ProjectQuery,
            format: Type.Union([Type.Literal('json'), Type.Literal('otlp')], {
              enum: ['json', 'otlp'],
              default: 'json',
              description: '`otlp`: the OTLP/JSON of the whole trace, exactly',
            }),
          },
          { additionalProperties: false },
        ),
        response: { 200: TraceSchema, ...problemResponses, ...notFoundResponse },
      },
    },
    async (request, reply) => {
      const query = traceQuery(request, reply, request.params.trace_id, request.query.project);
      const trace = found(request, query.traceId, await source.getTrace(query));
      markPartial(reply, trace.partial);
      return request.query.format === 'otlp' ? encodeOtlpJson(trace.spans) : sendTrace(reply, trace);
    },
  );

  app.get(
    '/traces/:trace_id/outline',
    {
      onRequest: viewer,
      schema: {
        tags,
        summary: "A trace's skeleton in binary columns, for drawing (packages/model: encodeOutline)",
        params: TraceParams,
        querystring: Type.Object(ProjectQuery, { additionalProperties: false }),
        response: {
          200: {
            description: 'Binary columns',
            content: { 'application/octet-stream': { schema: Type.String({ format: 'binary' }) } },
          },
          ...problemResponses,
          ...notFoundResponse,
        },
      },
    },
    async (request, reply) => {
      const query = traceQuery(request, reply, request.params.trace_id, request.query.project);
      const outline = await (source.outline?.({ ...query, maxSpans: maxOutlineSpans }) ??
        source.getTrace(query).then((trace) => trace && buildOutline(trace.spans)));
      const whole = found(request, query.traceId, outline);
      if (whole.size >= maxOutlineSpans) markPartial(reply, { reason: 'limit' });
      return reply.type('application/octet-stream').send(await outlineBytes(whole));
    },
  );

  app.get(
    '/traces/:trace_id/spans',
    {
      onRequest: viewer,
      schema: {
        tags,
        summary: 'Some spans of a trace, whole',
        params: TraceParams,
        querystring: Type.Object(
          { ...ProjectQuery, span_id: Type.Array(Type.String(), { minItems: 1, maxItems: 1000 }) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Array(SpanSchema), ...problemResponses },
      },
    },
    async (request, reply) => {
      const query = traceQuery(request, reply, request.params.trace_id, request.query.project);
      const spanIds = request.query.span_id.map(toSpanId);
      const spans = await (source.spans?.({ ...query, spanIds }) ??
        source.getTrace(query).then((trace) => trace?.spans.filter((span) => spanIds.includes(span.spanId))));
      return (spans ?? []).map((span) => spanJson(span));
    },
  );

  app.delete(
    '/traces/:trace_id',
    {
      onRequest: requireRole(auth, 'admin'),
      schema: {
        tags,
        summary: 'Delete a trace (role admin)',
        params: TraceParams,
        querystring: Type.Object(ProjectQuery, { additionalProperties: false }),
        response: { 204: Type.Null(), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { projects, traceId } = traceQuery(
        request,
        reply,
        request.params.trace_id,
        request.query.project,
      );
      if (source.analysis === undefined) throw new ApiError('NOT_SUPPORTED', 'this source is read-only');
      await source.analysis.deleteTrace({ projects, traceId });
      return reply.code(204).send(null);
    },
  );
};

function sendTrace(reply: FastifyReply, trace: TraceResult): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(traceJson(trace));
}

function traceQuery(
  request: FastifyRequest,
  reply: FastifyReply,
  idText: string,
  project: readonly string[] | undefined,
) {
  const traceId = parseTraceId(idText);
  if (traceId === null) throw invalidArgument('trace_id', idText, '32 hexadecimal digits, not all zero');
  return { projects: projectsOf(request, project), traceId, signal: callerGone(reply) };
}

function toSpanId(text: string): string {
  const id = parseSpanId(text);
  if (id === null) throw invalidArgument('span_id', text, '16 hexadecimal digits, not all zero');
  return id;
}

/**
 * A caller that is limited to some projects gets the same 403 for a trace of another project and for one that
 * does not exist, so that ids cannot be probed.
 */
function found<T>(request: FastifyRequest, traceId: string, value: T | null): T {
  if (value !== null) return value;
  if (principalOf(request).projects !== 'all') {
    throw new ApiError('FORBIDDEN', `no trace ${traceId} in the projects that the token covers`);
  }
  throw new ApiError('NOT_FOUND', `no trace ${traceId}`, {
    next_step: 'It may not have arrived yet (about a second), or retention removed it.',
  });
}

function parseOrder(text: string | undefined): TraceOrder {
  if (text === undefined) return 'start desc';
  const order = orders.find((known) => known === text);
  if (order === undefined) throw invalidArgument('order_by', text, `one of ${orders.join(', ')}`);
  return order;
}
