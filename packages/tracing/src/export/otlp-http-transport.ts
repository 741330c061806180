import * as http from 'node:http';
import * as https from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { activeContext } from '../context/context-manager.ts';
import { SUPPRESSED } from '../context/suppressed.ts';
import { type HttpAnswer, resultOfAnswer } from './otlp-response.ts';
import type { SendResult, Transport } from './send-result.ts';
import type { TlsFiles } from './tls-files.ts';

export type HeaderSource = Readonly<Record<string, string>> | (() => Promise<Record<string, string>>);

export interface OtlpHttpOptions {
  /** The whole URL, `/v1/traces` included. */
  readonly url: string;
  readonly headers?: HeaderSource;
  readonly compression: 'none' | 'gzip';
  readonly timeoutMs: number;
  readonly maxConnections: number;
  readonly tls?: TlsFiles;
}

/** Runs in libuv's threads, beside the program. Level 1 already takes spans to a sixth. */
const compress = promisify(gzip);
const GZIP_LEVEL = 1;
const MAX_ANSWER_BYTES = 64 * 1024;

/** OTLP/HTTP, protobuf. Its own requests are never traced. */
export class OtlpHttpTransport implements Transport {
  readonly endpoint: string;
  private readonly url: URL;
  private readonly agent: http.Agent;
  private readonly options: OtlpHttpOptions;

  constructor(options: OtlpHttpOptions) {
    this.options = options;
    this.endpoint = options.url;
    this.url = new URL(options.url);
    const agentOptions = { keepAlive: true, maxSockets: options.maxConnections };
    this.agent =
      this.url.protocol === 'https:'
        ? new https.Agent({ ...agentOptions, ...options.tls })
        : new http.Agent(agentOptions);
  }

  async send(body: Buffer, signal: AbortSignal): Promise<SendResult> {
    try {
      const { headers } = this.options;
      const extra = typeof headers === 'function' ? await activeContext.run(SUPPRESSED, headers) : headers;
      const packed = this.options.compression === 'gzip' ? await compress(body, { level: GZIP_LEVEL }) : body;
      const answer = await activeContext.run(SUPPRESSED, () => this.post(packed, { ...extra }, signal));
      return resultOfAnswer(answer);
    } catch (error) {
      return { status: 'retry', afterMs: null, reason: reasonOf(error) };
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private post(body: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const request = (this.url.protocol === 'https:' ? https : http).request(this.url, {
      method: 'POST',
      agent: this.agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.options.timeoutMs)]),
      headers: {
        ...headers,
        'content-type': 'application/x-protobuf',
        'content-length': body.length,
        ...(this.options.compression === 'gzip' && { 'content-encoding': 'gzip' }),
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
  if (error.name === 'TimeoutError') return 'no answer in time';
  const code = (error as NodeJS.ErrnoException).code;
  return error.message === '' ? (code ?? error.name) : error.message;
}
