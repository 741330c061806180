import type * as http from 'node:http';
import type * as https from 'node:https';
import { getBuiltinModule } from 'node:process';
import { activeContext } from '../context/context-manager.ts';
import { SUPPRESSED } from '../context/suppressed.ts';
import { type Compression, compress } from './compress.ts';
import { type HttpAnswer, resultOfAnswer } from './otlp-response.ts';
import type { SendResult, Transport } from './send-result.ts';
import type { TlsFiles } from './tls-files.ts';

/** Headers of requests to the collector; a function is asked before each request, and may throw: the batch waits then. */
export type HeaderSource = Readonly<Record<string, string>> | (() => Promise<Record<string, string>>);

export interface OtlpHttpOptions {
  /** The whole URL, `/v1/traces` included. */
  readonly url: string;
  readonly headers?: HeaderSource;
  readonly compression: Compression;
  readonly timeoutMs: number;
  readonly maxConnections: number;
  readonly tls?: TlsFiles;
}

const MAX_ANSWER_BYTES = 64 * 1024;

/** OTLP/HTTP, protobuf. Its own requests are never traced. */
export class OtlpHttpTransport implements Transport {
  readonly endpoint: string;
  private readonly url: URL;
  /** Loaded with the first request: programs that serve nothing start faster without it. */
  private connection: { readonly agent: http.Agent; readonly request: typeof http.request } | null = null;
  private readonly options: OtlpHttpOptions;

  constructor(options: OtlpHttpOptions) {
    this.options = options;
    this.endpoint = options.url;
    this.url = new URL(options.url);
  }

  async send(body: Buffer, signal: AbortSignal): Promise<SendResult> {
    try {
      const { headers } = this.options;
      const extra = typeof headers === 'function' ? await activeContext.run(SUPPRESSED, headers) : headers;
      const packed = await compress(body, this.options.compression);
      const encoded = packed.encoding === 'none' ? {} : { 'content-encoding': packed.encoding };
      const answer = await activeContext.run(SUPPRESSED, () =>
        this.post(packed.body, { ...extra, ...encoded }, signal),
      );
      return resultOfAnswer(answer);
    } catch (error) {
      return { status: 'retry', afterMs: null, reason: reasonOf(error) };
    }
  }

  close(): void {
    this.connection?.agent.destroy();
  }

  private connect(): NonNullable<typeof this.connection> {
    const { maxConnections, tls } = this.options;
    const agentOptions = { keepAlive: true, maxSockets: maxConnections };
    if (this.url.protocol === 'https:') {
      const { Agent, request }: typeof https = getBuiltinModule('node:https');
      return { agent: new Agent({ ...agentOptions, ...tls }), request };
    }
    const { Agent, request }: typeof http = getBuiltinModule('node:http');
    return { agent: new Agent(agentOptions), request };
  }

  private post(body: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    this.connection ??= this.connect();
    const request = this.connection.request(this.url, {
      method: 'POST',
      agent: this.connection.agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.options.timeoutMs)]),
      headers: {
        ...headers,
        'content-type': 'application/x-protobuf',
        'content-length': body.length,
      },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      readAnswer(response).then(resolve, reject);
    });
    request.end(body);
    return promise;
  }
}

async function readAnswer(response: http.IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    contentType: response.headers['content-type'] ?? '',
    body: Buffer.concat(chunks),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // `node:http` wraps the reason of the signal that ended a request.
  const { name } = error.cause instanceof Error ? error.cause : error;
  if (name === 'TimeoutError') return 'no answer in time';
  const code = (error as NodeJS.ErrnoException).code;
  return error.message === '' ? (code ?? error.name) : error.message;
}
