import {
  EmptyType,
  emptyMessage,
  encodeMessage,
  formatSpanName,
  type JsonObject,
  messageFromJson,
  messageToJson,
  V1ListTracesRequestType,
  V1ListTracesResponseType,
  V1TracesType,
  V1TraceType,
  V2BatchWriteSpansRequestType,
  V2SpanType,
} from '@utxoiq/model/cloud-trace';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { callerGone, logFailure } from '../http/caller-gone.ts';
import { bearerToken } from './access.ts';
import type { Caller, CloudTraceService } from './cloud-trace-service.ts';
import { applyFieldMask, parseFieldMask } from './field-mask.ts';
import { GoogleError, googleErrorJson, invalidArgument, RPC_CODES, toGoogleError } from './google-error.ts';
import { acceptAnyBody, readBody } from './rest-body.ts';
import { readSystemParameters, type SystemParameters, unknownParameter } from './system-parameters.ts';

type Answer = { readonly type: MessageType; readonly value: object };
type MessageType = Parameters<typeof encodeMessage>[0];
interface Call {
  readonly request: FastifyRequest;
  readonly parameters: SystemParameters;
  readonly caller: Caller;
}
type Method = (call: Call) => Promise<Answer>;

/**
 * Cloud Trace's REST API (cloud.google.com/trace/docs/reference), v1 under `/v1/projects` and v2 under
 * `/v2/projects`. Register it with no prefix.
 */
export async function cloudTraceRoutes(
  app: FastifyInstance,
  { service }: { readonly service: CloudTraceService },
): Promise<void> {
  acceptAnyBody(app);
  app.setErrorHandler((error, request, reply) => sendError(toGoogleError(error), request, reply));
  const schema = (summary: string) => ({
    schema: { tags: ['cloud-trace'], summary, response: ANSWERS },
  });
  app.patch(
    '/v1/projects/:project/traces',
    schema('Cloud Trace v1 PatchTraces'),
    method([], patchTraces(service)),
  );
  app.get(
    '/v1/projects/:project/traces',
    schema('Cloud Trace v1 ListTraces'),
    method(LIST_PARAMETERS, listTraces(service)),
  );
  app.get(
    '/v1/projects/:project/traces/:trace',
    schema('Cloud Trace v1 GetTrace'),
    method([], getTrace(service)),
  );
  app.post(
    '/v2/projects/:project/traces::batchWrite',
    schema('Cloud Trace v2 BatchWriteSpans'),
    method([], batchWriteSpans(service)),
  );
  app.post(
    '/v2/projects/:project/traces/:trace/spans/:span',
    schema('Cloud Trace v2 CreateSpan'),
    method([], createSpan(service)),
  );
  for (const path of ['/v1/projects/*', '/v2/projects/*'])
    app.all(path, { schema: { hide: true } }, notFound);
}

/** For the OpenAPI page; what is sent is text already. The messages are Google's: cloud.google.com/trace/docs/reference. */
const ANSWERS = {
  200: { description: "Google's message, in proto3 JSON", ...asJson({ type: 'object' }) },
  default: {
    description: "Google's error",
    ...asJson({
      type: 'object',
      properties: {
        error: {
          type: 'object',
          properties: {
            code: { type: 'integer' },
            message: { type: 'string' },
            status: { type: 'string' },
            details: { type: 'array', items: { type: 'object', additionalProperties: true } },
          },
          required: ['code', 'message', 'status'],
        },
      },
      required: ['error'],
    }),
  },
};

function asJson(schema: object): object {
  return { content: { 'application/json': { schema } } };
}

const LIST_PARAMETERS = [
  'view',
  'pageSize',
  'pageToken',
  'startTime',
  'endTime',
  'filter',
  'orderBy',
  'page_size',
  'page_token',
  'start_time',
  'end_time',
  'order_by',
];

const patchTraces =
  (service: CloudTraceService): Method =>
  async ({ request, caller }) => {
    const traces = await readBody(request, V1TracesType, 'traces');
    await service.patchTraces(parameter(request, 'project'), traces, caller);
    return EMPTY;
  };

const getTrace =
  (service: CloudTraceService): Method =>
  async ({ request, caller }) => {
    const [project, trace] = [parameter(request, 'project'), parameter(request, 'trace')];
    return { type: V1TraceType, value: await service.getTrace(project, trace, caller) };
  };

const listTraces =
  (service: CloudTraceService): Method =>
  async ({ request, parameters, caller }) => {
    const read = messageFromJson(V1ListTracesRequestType, withoutEmpty(parameters.own));
    if (!read.ok) throw invalidArgument(read.violations);
    const list = { ...read.value, projectId: parameter(request, 'project') };
    return { type: V1ListTracesResponseType, value: await service.listTraces(list, caller) };
  };

const batchWriteSpans =
  (service: CloudTraceService): Method =>
  async ({ request, caller }) => {
    const body = await readBody(request, V2BatchWriteSpansRequestType, '');
    await service.batchWriteSpans(parameter(request, 'project'), body.spans, caller);
    return EMPTY;
  };

const createSpan =
  (service: CloudTraceService): Method =>
  async ({ request, caller }) => {
    const body = await readBody(request, V2SpanType, '');
    const project = parameter(request, 'project');
    const name = formatSpanName(project, parameter(request, 'trace'), parameter(request, 'span'));
    return { type: V2SpanType, value: await service.createSpan(project, { ...body, name }, caller) };
  };

const EMPTY: Answer = { type: EmptyType, value: emptyMessage(EmptyType) };

function method(own: readonly string[], handle: Method) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const mask = request.headers['x-goog-fieldmask'];
    const parameters = readSystemParameters(searchOf(request), typeof mask === 'string' ? mask : undefined);
    for (const name of parameters.own.keys()) if (!own.includes(name)) throw unknownParameter(name);
    const token = bearerToken(request.headers.authorization) ?? parameters.accessToken;
    // Writing is open on loopback, but not to whatever page a browser on this machine shows.
    if (token === null && isForeignPage(request)) {
      throw new GoogleError('PERMISSION_DENIED', 'Requests from other origins need a token.');
    }
    const caller = { token, signal: callerGone(reply) };
    return send(await handle({ request, parameters, caller }), parameters, reply);
  };
}

function send({ type, value }: Answer, parameters: SystemParameters, reply: FastifyReply): FastifyReply {
  if (parameters.alt === 'proto') {
    const bytes = encodeMessage(type, value as Parameters<typeof encodeMessage>[1]);
    return reply.type('application/x-protobuf').send(Buffer.from(bytes));
  }
  const { enumsAsNumbers, fields } = parameters;
  const whole = messageToJson(type, value as Parameters<typeof messageToJson>[1], { enumsAsNumbers });
  const json = fields === null ? whole : applyFieldMask(whole, parseFieldMask(fields, type));
  return sendJson(json, parameters, reply);
}

function sendJson(
  json: JsonObject | object,
  { prettyPrint, callback }: Pick<SystemParameters, 'prettyPrint' | 'callback'>,
  reply: FastifyReply,
): FastifyReply {
  const text = prettyPrint ? `${JSON.stringify(json, null, 2)}\n` : JSON.stringify(json);
  reply.header('vary', 'Authorization');
  if (callback === null) return reply.type('application/json; charset=UTF-8').send(text);
  const safe = text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return reply.type('text/javascript; charset=UTF-8').send(`// API callback\n${callback}(${safe});`);
}

function sendError(error: GoogleError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { http } = RPC_CODES[error.code];
  if (http >= 500) logFailure(request, reply, error.cause ?? error);
  if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer realm="utxoiq"');
  if (error.retryAfterMs !== null) reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
  return sendJson(googleErrorJson(error), { prettyPrint: true, callback: null }, reply.code(http));
}

async function notFound(request: FastifyRequest): Promise<never> {
  const path = request.url.split('?')[0];
  throw new GoogleError('NOT_FOUND', `Method not found: ${request.method} ${path}`);
}

/** An empty parameter is one that was not set. */
function withoutEmpty(parameters: ReadonlyMap<string, string>): object {
  return Object.fromEntries([...parameters].filter(([, value]) => value !== ''));
}

function parameter(request: FastifyRequest, name: string): string {
  return (request.params as Readonly<Record<string, string>>)[name] ?? '';
}

function isForeignPage({ headers: { origin, host } }: FastifyRequest): boolean {
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host);
}

function searchOf({ url }: FastifyRequest): string {
  const mark = url.indexOf('?');
  return mark === -1 ? '' : url.slice(mark + 1);
}
