import { activeContext, currentContext } from '../context/context-manager.ts';
import { SPAN_KEY } from '../context/span-frame.ts';
import { CLOUD_TRACE_HEADER } from '../propagation/cloud-trace-context.ts';
import { CORRELATION_ID_HEADER } from '../propagation/propagator.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { recordHttpError } from './http-attributes.ts';
import { type Client, HttpServerSpan } from './http-server-span.ts';
import { routeTemplate } from './route-template.ts';
import { endServerSpan, responseTraceHeader, type ServerSpan, startServerSpan } from './server-span.ts';

/** As much of Hono's context as is used. */
export interface HonoContextLike {
  readonly req: {
    readonly raw: Request;
    readonly method: string;
    readonly url: string;
    readonly routePath?: string;
    readonly matchedRoutes?: readonly { readonly path: string; readonly method: string }[];
  };
  res: Response;
  readonly error?: unknown;
  /** Node's request, where the application runs on @hono/node-server. */
  readonly env?: unknown;
}
/** For `app.use()` of Hono 4. */
export type HonoMiddleware = (context: HonoContextLike, next: () => Promise<void>) => Promise<void>;

/**
 * Traces requests of a Hono application, on Node's server or by `app.request()`. On a server that is traced
 * already it only names the route.
 */
export function honoMiddleware(core: TracingCore): HonoMiddleware {
  return async (context, next) => {
    if (!core.running) return next();
    const active = currentContext().getValue(SPAN_KEY);
    if (active instanceof HttpServerSpan && !active.ended) {
      await next();
      nameRoute(active, context);
      return;
    }
    const span = startServerSpan(core, requestOf(context.req.raw), clientOf(context), undefined);
    try {
      await activeContext.run(span, next);
    } catch (error) {
      // Hono answers errors itself; it lets through what is no `Error`.
      finish(span, context, error, 500);
      throw error;
    }
    writeHeaders(context, span);
    finish(span, context, context.error, context.res.status);
  };
}

function finish(span: ServerSpan, context: HonoContextLike, error: unknown, status: number): void {
  nameRoute(span, context);
  if (error !== undefined && span instanceof RecordingSpan) recordHttpError(span, error);
  endServerSpan(span, status);
}

function writeHeaders(context: HonoContextLike, span: ServerSpan): void {
  const headers: [string, string][] = [
    [CLOUD_TRACE_HEADER, responseTraceHeader(span)],
    [CORRELATION_ID_HEADER, span.correlationId],
  ];
  try {
    for (const [name, value] of headers) context.res.headers.set(name, value);
  } catch {
    // What `fetch` answered cannot be changed: a proxy's response is copied.
    context.res = new Response(context.res.body, context.res);
    for (const [name, value] of headers) context.res.headers.set(name, value);
  }
}

/** A fetch `Request` does not tell where it came from; Hono trusts no proxies. */
function clientOf({ env }: HonoContextLike): Client {
  const { incoming } = (env ?? {}) as { readonly incoming?: { readonly socket?: Client } };
  return incoming?.socket ?? {};
}

function requestOf(request: Request) {
  const url = new URL(request.url);
  const headers = Object.fromEntries(request.headers);
  return {
    method: request.method,
    url: url.pathname + url.search,
    headers: { host: url.host, ...headers },
    httpVersion: '1.1',
    secure: url.protocol === 'https:',
  };
}

/** The last matched route that is no middleware. */
function nameRoute(span: ServerSpan, { req }: HonoContextLike): void {
  const route = req.matchedRoutes?.findLast(
    ({ method, path }) => method !== 'ALL' || !path.endsWith('*'),
  )?.path;
  if (!(span instanceof HttpServerSpan) || route === undefined) return;
  span.setRoute(routeTemplate(req.method, route, req.url.startsWith('https:')));
}
