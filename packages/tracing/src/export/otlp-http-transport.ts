import type * as http from 'node:http';
import type * as https from 'node:https';
import { getBuiltinModule } from 'node:process';
import { urlToHttpOptions } from 'node:url';
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
  private connection: Connection | null = null;
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
      const encoded = packed.encoding === 'none' ? extra : { ...extra, 'content-encoding': packed.encoding };
      const answer = await activeContext.run(SUPPRESSED, () => this.post(packed.body, encoded, signal));
      return resultOfAnswer(answer);
    } catch (error) {
      return { status: 'retry', afterMs: null, reason: reasonOf(error) };
    }
  }

  close(): void {
    this.connection?.agent.destroy();
  }

  private connect(): Connection {
    const { maxConnections, tls } = this.options;
    const agentOptions = { keepAlive: true, maxSockets: maxConnections };
    const options = { ...urlToHttpOptions(this.url), method: 'POST' };
    if (this.url.protocol === 'https:') {
      const { Agent, request }: typeof https = getBuiltinModule('node:https');
      return { agent: new Agent({ ...agentOptions, ...tls }), request, options };
    }
    const { Agent, request }: typeof http = getBuiltinModule('node:http');
    return { agent: new Agent(agentOptions), request, options };
  }

  /**
   * Timer and listeners of its own: a signal for each request and an iterator over the answer cost half as much again
   * as the request does, which is paid with every batch, by code that is cold (bench/tracing/overhead.ts).
   */
  private post(
    body: Buffer,
    headers: Readonly<Record<string, string>> | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    this.connection ??= this.connect();
    const { request: open, agent, options } = this.connection;
    const request = open({
      ...options,
      agent,
      headers: {
        ...headers,
        'content-type': 'application/x-protobuf',
        'content-length': body.length,
      },
    });
    const giveUp = (reason: string) => {
      reject(new Error(reason));
      request.destroy();
    };
    const onAbort = () => giveUp('given up');
    const deadline = setTimeout(giveUp, this.options.timeoutMs, 'no answer in time').unref();
    signal.addEventListener('abort', onAbort);
    request.on('error', reject);
    let isAnswered = false;
    request.on('response', (response) => {
      isAnswered = true;
      readAnswer(response, resolve, reject);
    });
    request.on('close', () => {
      // A switch to another protocol is neither an answer nor an error.
      if (!isAnswered) reject(new Error('closed without an answer'));
      clearTimeout(deadline);
      signal.removeEventListener('abort', onAbort);
    });
    request.end(body);
    if (signal.aborted) onAbort();
    return promise;
  }
}

interface Connection {
  readonly agent: http.Agent;
  readonly request: typeof http.request;
  readonly options: http.RequestOptions;
}

function readAnswer(
  response: http.IncomingMessage,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
  });
  response.on('error', reject);
  response.on('end', () => {
    resolve({
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      contentType: response.headers['content-type'] ?? '',
      body: Buffer.concat(chunks),
    });
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return error.message === '' ? (code ?? error.name) : error.message;
}
