import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { onClientError, onClientResponse, startClientSpan } from './client-span.ts';

const SPAN = Symbol('utxoiq.client-span');

/** undici's request as its channels show it (undici, docs/api/DiagnosticsChannel.md). */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (string | readonly string[])[] | string;
  addHeader(name: string, value: string): void;
  [SPAN]?: RecordingSpan;
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
      if (span !== undefined) onClientResponse(span, response.statusCode);
    },
    'undici:request:trailers': (message) => {
      (message as { request: UndiciRequest }).request[SPAN]?.end();
    },
    'undici:request:error': (message) => {
      const { request, error } = message as { request: UndiciRequest; error: unknown };
      const span = request[SPAN];
      if (span !== undefined) onClientError(span, error);
    },
  };
  for (const [name, handler] of Object.entries(handlers)) subscribe(name, handler);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) unsubscribe(name, handler);
  };
}

function start(core: TracingCore, request: UndiciRequest): void {
  try {
    const span = startClientSpan(
      core,
      () => describe(request),
      (name, value) => {
        if (!hasHeader(request, name)) request.addHeader(name, value);
      },
    );
    if (span !== null) request[SPAN] = span;
  } catch (error) {
    core.onError('tracing an outgoing request', error);
  }
}

function describe(request: UndiciRequest) {
  const url = new URL(String(request.origin));
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { method: request.method, origin: url.origin, path: request.path, host: url.hostname, port };
}

function hasHeader(request: UndiciRequest, name: string): boolean {
  const { headers } = request;
  if (typeof headers === 'string') return headers.toLowerCase().includes(`${name}:`);
  for (let i = 0; i < headers.length; i += 2) {
    if (String(headers[i]).toLowerCase() === name) return true;
  }
  return false;
}
