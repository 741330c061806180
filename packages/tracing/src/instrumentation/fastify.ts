import type { IncomingMessage, ServerResponse } from 'node:http';
import { activeContext } from '../context/context-manager.ts';
import { CLOUD_TRACE_HEADER } from '../propagation/cloud-trace-context.ts';
import { CORRELATION_ID_HEADER } from '../propagation/propagator.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { recordHttpError } from './http-attributes.ts';
import {
  abortServerSpan,
  endServerSpan,
  responseTraceHeader,
  type ServerSpan,
  startServerSpan,
} from './server-span.ts';

/** As much of Fastify 4 and 5 as is used, so that the SDK depends on neither. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly ip: string;
  readonly routeOptions?: { readonly url?: string | undefined };
}
export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  readonly statusCode: number;
  header(name: string, value: string): unknown;
}
type Done = () => void;
export interface FastifyLike {
  // biome-ignore lint/suspicious/noExplicitAny: Fastify overloads addHook per hook name; no narrower type fits all its versions.
  addHook(name: any, hook: any): unknown;
}

const SPAN = Symbol('utxoiq.server-span');
type Traced = FastifyRequestLike & { [SPAN]?: ServerSpan };

/**
 * Traces every request of a Fastify instance: its own and those of all plugins below it. Call it before or
 * after routes are declared, but before `ready()`.
 */
export function instrumentFastify(app: FastifyLike, core: TracingCore): void {
  app.addHook('onRequest', (request: Traced, reply: FastifyReplyLike, done: Done) => {
    if (!core.running) return done();
    const span = startServerSpan(core, {
      message: request.raw,
      clientAddress: request.ip,
      route: request.routeOptions?.url,
    });
    request[SPAN] = span;
    reply.header(CLOUD_TRACE_HEADER, responseTraceHeader(span));
    reply.header(CORRELATION_ID_HEADER, span.correlationId);
    activeContext.run(span, done);
  });
  app.addHook('onError', (request: Traced, _reply: FastifyReplyLike, error: unknown, done: Done) => {
    const span = request[SPAN];
    if (span instanceof RecordingSpan) recordHttpError(span, error);
    done();
  });
  app.addHook('onResponse', (request: Traced, reply: FastifyReplyLike, done: Done) => {
    const span = request[SPAN];
    if (span !== undefined) endServerSpan(span, reply.statusCode);
    done();
  });
  app.addHook('onRequestAbort', (request: Traced, done: Done) => {
    const span = request[SPAN];
    if (span !== undefined) abortServerSpan(span);
    done();
  });
}
