import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getBuiltinModule } from 'node:process';
import { PropagatedSpan } from '../tracer/propagated-span.ts';
import { HttpServerSpan } from './http-server-span.ts';
import {
  abortServerSpan,
  endServerSpan,
  type ServerSpan,
  setClientAddress,
  setServerRoute,
} from './server-span.ts';

/** One in all copies of this package that a program loads: each request has one span. */
const SPAN = Symbol.for('utxoiq.tracing.server-span');
const CURRENT = Symbol('utxoiq.current-response');
type TracedResponse = ServerResponse & { [SPAN]?: ServerSpan | undefined };
type TracedSocket = Socket & { [CURRENT]?: TracedResponse | undefined };

/** Node's own class, looked up with the first response: who has one has loaded node:http. */
let PlainResponse: typeof ServerResponse | null = null;
let users = 0;

/**
 * Spans of requests end through one channel subscriber and one listener per connection, instead of two
 * listeners per response: 3 us less for each request (bench/tracing/overhead.ts).
 */
export function watchResponses(): () => void {
  if (users++ === 0) subscribe('http.server.response.finish', onFinish);
  let stopped = false;
  return () => {
    if (stopped) return;
    stopped = true;
    if (--users === 0) unsubscribe('http.server.response.finish', onFinish);
  };
}

/** Ends `span` when `response` is sent, or its client has gone. */
export function endWithResponse(response: ServerResponse, span: ServerSpan): void {
  const traced = response as TracedResponse;
  traced[SPAN] = span;
  // A span that only propagates has nothing to end.
  if (span instanceof PropagatedSpan) return;
  sendSpansFirst(traced, span);
  const socket = response.socket as TracedSocket | null;
  // HTTP/2, injected and already detached responses are not announced by Node.
  PlainResponse ??= getBuiltinModule('node:http').ServerResponse;
  if (users === 0 || response.constructor !== PlainResponse || socket === null) {
    endByListeners(traced);
    return;
  }
  if (!(CURRENT in socket)) socket.on('close', onSocketClose);
  // Pipelined: the connection remembers one response, the later ones look after themselves.
  else if (socket[CURRENT] !== undefined) {
    endByListeners(traced);
    return;
  }
  socket[CURRENT] = traced;
}

export function serverSpanOf(response: ServerResponse): ServerSpan | undefined {
  return (response as TracedResponse)[SPAN];
}

/** On throttled platforms the response is the last thing that runs: it waits for its spans. */
function sendSpansFirst(response: TracedResponse, span: HttpServerSpan): void {
  const flush = span.pipeline.core.flushBeforeResponse;
  if (flush === null) return;
  const end = response.end as (...args: unknown[]) => ServerResponse;
  // A second call would end the response before the first has its say.
  const calls: unknown[][] = [];
  const endWaiting = () => {
    response.end = end as typeof response.end;
    for (const args of calls) end.apply(response, args);
  };
  response.end = ((...args: unknown[]) => {
    if (calls.push(args) > 1) return response;
    finish(response, span);
    // `flush` settles within its time and never rejects; `end` throws on what is no chunk.
    flush()
      .then(endWaiting)
      .catch((error: unknown) => {
        span.pipeline.core.onError('ending a response', error);
        response.destroy();
      });
    return response;
  }) as typeof response.end;
}

function onFinish(message: unknown): void {
  const { response, socket } = message as { response: TracedResponse; socket: TracedSocket };
  const span = response[SPAN];
  if (!(span instanceof HttpServerSpan)) return;
  if (socket[CURRENT] === response) socket[CURRENT] = undefined;
  finish(response, span);
}

/** Express, and every framework on its router, leaves the matched route on the request. */
interface RoutedRequest extends IncomingMessage {
  readonly baseUrl?: unknown;
  readonly ip?: unknown;
  readonly route?: { readonly path?: unknown };
}

function finish(response: TracedResponse, span: ServerSpan): void {
  if (!(span instanceof PropagatedSpan)) readFramework(span, response.req as RoutedRequest | undefined);
  endServerSpan(span, response.statusCode);
}

/** Express's getters ask its `trust proxy` function, which is the host's and may throw. */
function readFramework(span: HttpServerSpan, request: RoutedRequest | undefined): void {
  const path = request?.route?.path;
  if (request === undefined || typeof path !== 'string') return;
  try {
    const base = typeof request.baseUrl === 'string' ? request.baseUrl : '';
    setServerRoute(span, request, base + path);
    if (request.headers['x-forwarded-for'] !== undefined) setClientAddress(span, request.ip);
  } catch (error) {
    span.pipeline.core.onError('naming the route of a request', error);
  }
}

function onSocketClose(this: TracedSocket): void {
  const span = this[CURRENT]?.[SPAN];
  if (span !== undefined) abortServerSpan(span);
}

function endByListeners(response: TracedResponse): void {
  const span = response[SPAN];
  if (span === undefined) return;
  // HTTP/2 has a stream finish that its client has reset.
  response.once('finish', () => {
    if (response.writableEnded) finish(response, span);
    else abortServerSpan(span);
  });
  response.once('close', () => abortServerSpan(span));
}
