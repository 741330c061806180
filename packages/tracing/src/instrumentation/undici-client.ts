import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { TracingCore } from '../tracing-core.ts';
import { type ClientLibrary, onClientError, onClientResponse, startClientSpan } from './client-span.ts';
import { HttpClientSpan } from './http-client-span.ts';

/** One in all copies of this package that a program loads: each request has one span. */
const SPAN = Symbol.for('utxoiq.tracing.client-span');

/** undici's request as its channels show it (undici, docs/api/DiagnosticsChannel.md). */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (string | readonly string[])[] | string;
  addHeader(name: string, value: string): void;
  [SPAN]?: HttpClientSpan;
}

/** Spans for `fetch` and every undici client, Node's own and installed ones, through undici's channels. */
export function instrumentUndiciClient(core: () => TracingCore | undefined): () => void {
  const handlers: Record<string, (message: unknown) => void> = {
    'undici:request:create': (message) => {
      const running = core();
      if (running !== undefined) start(running, (message as { request: UndiciRequest }).request);
    },
    'undici:request:headers': (message) => {
      const { request, response } = message as { request: UndiciRequest; response: { statusCode: number } };
      const span = request[SPAN];
      if (span instanceof HttpClientSpan) onClientResponse(span, response.statusCode);
    },
    'undici:request:trailers': (message) => {
      const span = (message as { request: UndiciRequest }).request[SPAN];
      if (span instanceof HttpClientSpan) span.end();
    },
    'undici:request:error': (message) => {
      const { request, error } = message as { request: UndiciRequest; error: unknown };
      const span = request[SPAN];
      if (span instanceof HttpClientSpan) onClientError(span, error);
    },
  };
  for (const [name, handler] of Object.entries(handlers)) subscribe(name, handler);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) unsubscribe(name, handler);
  };
}

function start(core: TracingCore, request: UndiciRequest): void {
  if (request[SPAN] !== undefined) return;
  try {
    const span = startClientSpan(core, request, UNDICI);
    if (span !== null) request[SPAN] = span;
  } catch (error) {
    core.onError('tracing an outgoing request', error);
  }
}

const UNDICI: ClientLibrary<UndiciRequest> = {
  method: (request) => request.method,
  origin: ({ origin }) => (typeof origin === 'string' ? origin : origin.origin),
  path: (request) => request.path,
  set(request, name, value) {
    if (!hasHeader(request.headers, name)) request.addHeader(name, value);
  },
};

/** A caller's own trace header stays. Before undici 6 the headers were one text. */
function hasHeader(headers: UndiciRequest['headers'], name: string): boolean {
  if (typeof headers === 'string') return headers.toLowerCase().includes(`${name}:`);
  for (let i = 0; i < headers.length; i += 2) {
    const known = headers[i] as string;
    if (known.length === name.length && known.toLowerCase() === name) return true;
  }
  return false;
}
