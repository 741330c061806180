import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { runInContext } from '../context/run-in-context.ts';
import { CLOUD_TRACE_HEADER } from '../propagation/cloud-trace-context.ts';
import { CORRELATION_ID_HEADER } from '../propagation/propagator.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { endWithResponse, serverSpanOf } from './end-of-response.ts';
import { recordHttpError } from './http-attributes.ts';
import {
  responseTraceHeader,
  type ServerSpan,
  setClientAddress,
  setServerRoute,
  startServerSpan,
} from './server-span.ts';

/** As much of Fastify 4 and 5 as is used, so that the SDK depends on neither. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly ip: string;
  readonly protocol?: string;
  readonly routeOptions?: { readonly url?: string | undefined };
}
export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  header(name: string, value: string): unknown;
}
/** An instance of Fastify 4 or 5. */
export interface FastifyLike {
  /** Overloaded per hook name in Fastify's own types: this is what all its overloads have in common. */
  addHook(name: never, hook: never): unknown;
}
type Done = () => void;

/**
 * Traces every request of a Fastify instance: its own and those of all plugins below it. Call it before or
 * after routes are declared, but before `ready()`, and before other `onRequest` hooks that shall be in the
 * span.
 */
export function instrumentFastify(app: FastifyLike, core: TracingCore): void {
  addHooks(app, core, (request, reply) => beginRequest(core, request, reply));
}

/**
 * Gives the spans of the server's own instrumentation their route names and errors, in every Fastify instance that is
 * made from now on (Fastify 4 and later publish them), until what it returns is called.
 */
export function nameFastifyRoutes(core: TracingCore): () => void {
  const onInstance = (message: unknown) => {
    try {
      addHooks((message as { fastify: FastifyLike }).fastify, core, () => null);
    } catch (error) {
      core.onError('adding hooks to Fastify', error);
    }
  };
  subscribe('fastify.initialization', onInstance);
  return () => void unsubscribe('fastify.initialization', onInstance);
}

/** Instances that record their errors already. */
const hooked = new WeakSet<FastifyLike>();

type Begin = (request: FastifyRequestLike, reply: FastifyReplyLike) => ServerSpan | null;

function addHooks(app: FastifyLike, core: TracingCore, begin: Begin): void {
  const hooks = app as unknown as { addHook(name: string, hook: unknown): unknown };
  hooks.addHook('onRequest', (request: FastifyRequestLike, reply: FastifyReplyLike, done: Done) => {
    if (!core.running) return done();
    const span = beginOrName(core, request, reply, begin);
    if (span === null) done();
    else runInContext(span, done, undefined);
  });
  if (hooked.has(app)) return;
  hooked.add(app);
  hooks.addHook(
    'onError',
    (_request: FastifyRequestLike, reply: FastifyReplyLike, error: unknown, done: Done) => {
      const span = serverSpanOf(reply.raw);
      if (span instanceof RecordingSpan) recordHttpError(span, error);
      done();
    },
  );
}

/** The span that begins here; null where the server's own instrumentation began it, or the request's host code threw. */
function beginOrName(
  core: TracingCore,
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
  begin: Begin,
): ServerSpan | null {
  try {
    const traced = serverSpanOf(reply.raw);
    if (traced === undefined) return begin(request, reply);
    const route = routeOf(request);
    if (route !== undefined) setServerRoute(traced, request.raw, route, request);
    if (request.raw.headers['x-forwarded-for'] !== undefined) setClientAddress(traced, request.ip);
    writeHeaders(reply, traced);
    return null;
  } catch (error) {
    core.onError('tracing an incoming request', error);
    return null;
  }
}

function beginRequest(core: TracingCore, request: FastifyRequestLike, reply: FastifyReplyLike): ServerSpan {
  const span = startServerSpan(core, request.raw, request, routeOf(request));
  endWithResponse(reply.raw, span);
  writeHeaders(reply, span);
  return span;
}

type WithHeaders = Record<symbol, Record<string, unknown> | undefined>;
let headersKey: symbol | null = null;

/**
 * `reply.header` looks each name up twice in an object of whatever shape, after making it lower case: 65 ns each time.
 * The names here are in lower case, so the reply's own headers are looked up once and written where they are.
 */
function writeHeaders(reply: FastifyReplyLike, span: ServerSpan): void {
  const own = headersKey === null ? undefined : (reply as unknown as WithHeaders)[headersKey];
  if (own !== undefined) {
    own[CLOUD_TRACE_HEADER] = responseTraceHeader(span);
    own[CORRELATION_ID_HEADER] = span.correlationId;
    return;
  }
  headersKey ??= symbolOf(reply, 'fastify.reply.headers');
  reply.header(CLOUD_TRACE_HEADER, responseTraceHeader(span));
  reply.header(CORRELATION_ID_HEADER, span.correlationId);
}

/** Fastify's own symbols are not exported; they have names. */
function symbolOf(object: object, description: string): symbol | null {
  return Object.getOwnPropertySymbols(object).find((key) => key.description === description) ?? null;
}

type WithContext = Record<symbol, { readonly config?: { readonly url?: string } } | undefined>;
let contextKey: symbol | null = null;

/**
 * The route's pattern. `routeOptions` builds an object of twelve properties at each access (Fastify 5), so the
 * route's own context is looked up once and used where it is.
 */
function routeOf(request: FastifyRequestLike): string | undefined {
  const own = request as unknown as WithContext;
  const config = contextKey === null ? undefined : own[contextKey]?.config;
  if (config !== undefined) return config.url;
  contextKey ??= symbolOf(request, 'fastify.context');
  return request.routeOptions?.url;
}
