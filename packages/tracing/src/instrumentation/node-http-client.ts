import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { TracingCore } from '../tracing-core.ts';
import { type ClientLibrary, onClientError, onClientResponse, startClientSpan } from './client-span.ts';
import { HttpClientSpan } from './http-client-span.ts';

/** One in all copies of this package that a program loads: each request has one span. */
const SPAN = Symbol.for('utxoiq.tracing.client-span');
type TracedRequest = ClientRequest & {
  [SPAN]?: HttpClientSpan;
  res?: IncomingMessage | null;
  _header?: string | null;
  outputData?: { data: unknown }[];
};

/** Spans for `http.request` and `https.request`, through the channels Node publishes; nothing is patched. */
export function instrumentNodeHttpClient(core: () => TracingCore | undefined): () => void {
  const onCreated = (message: unknown) => {
    const running = core();
    if (running !== undefined) start(running, (message as { request: TracedRequest }).request);
  };
  const onResponse = (message: unknown) => {
    const { request, response } = message as { request: TracedRequest; response: IncomingMessage };
    const span = request[SPAN];
    if (!(span instanceof HttpClientSpan)) return;
    onClientResponse(span, response.statusCode ?? 0);
    response.once('close', () => {
      // The server broke off; nothing is `errored` where the program itself had enough.
      if (response.errored) onClientError(span, response.errored);
      span.end();
    });
  };
  const onError = (message: unknown) => {
    const { request, error } = message as { request: TracedRequest; error: unknown };
    const span = request[SPAN];
    if (span instanceof HttpClientSpan) onClientError(span, error);
  };
  subscribe('http.client.request.created', onCreated);
  subscribe('http.client.response.finish', onResponse);
  subscribe('http.client.request.error', onError);
  return () => {
    unsubscribe('http.client.request.created', onCreated);
    unsubscribe('http.client.response.finish', onResponse);
    unsubscribe('http.client.request.error', onError);
  };
}

function start(core: TracingCore, request: TracedRequest): void {
  if (request[SPAN] !== undefined) return;
  try {
    const span = startClientSpan(core, request, NODE_HTTP);
    if (span === null) return;
    request[SPAN] = span;
    // What becomes another protocol is not announced as a response.
    if (request.method === 'CONNECT' || request.hasHeader('upgrade')) endWithSwitch(request, span);
  } catch (error) {
    core.onError('tracing an outgoing request', error);
  }
}

function endWithSwitch(request: TracedRequest, span: HttpClientSpan): void {
  request.once('close', () => {
    const { res } = request;
    if (span.ended || res === undefined || res === null) return;
    onClientResponse(span, res.statusCode ?? 0);
    span.end();
  });
}

const NODE_HTTP: ClientLibrary<TracedRequest> = {
  method: (request) => request.method,
  origin(request) {
    const header = request.getHeader('host');
    return `${request.protocol}//${typeof header === 'string' ? header : request.host}`;
  },
  path: (request) => request.path,
  set: setHeader,
};

/**
 * A caller's own trace header stays. With headers given as an array, or with `Expect`, Node has written the
 * head already, perhaps into its queue, but not sent it: then the line goes into that text.
 */
function setHeader(request: TracedRequest, name: string, value: string): void {
  const { _header: head } = request;
  if (typeof head !== 'string') {
    if (!request.hasHeader(name)) request.setHeader(name, value);
  } else if (head.endsWith('\r\n\r\n') && !head.toLowerCase().includes(`\r\n${name}:`)) {
    const longer = `${head.slice(0, -2)}${name}: ${value}\r\n\r\n`;
    request._header = longer;
    const first = request.outputData?.[0];
    if (first?.data === head) first.data = longer;
  }
}
