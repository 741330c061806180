import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ingest } from '../../ingest/ingest.ts';
import type { ReceiverLimits } from '../../limits.ts';
import type { CollectorLogger } from '../../logger.ts';
import { type Authorize, authorizedProjects } from '../authorize.ts';
import type { BytesInFlight } from '../bytes-in-flight.ts';
import { contentEncoding, decompress } from '../decompress.ts';
import { ReceiveError, receiveError } from '../receive-error.ts';
import { RpcCode, type RpcStatus } from '../rpc-status.ts';
import { BodyPool, type PooledBody } from './body-pool.ts';
import { allowOrigin, answerPreflight, type CorsOrigins } from './cors.ts';
import { type BodyHandler, type HttpAnswer, JSON_TYPE, PROTOBUF, statusAnswer } from './http-answer.ts';
import { otlpJsonRequest, otlpProtobufRequest } from './otlp-request.ts';
import { readBody } from './read-body.ts';
import { zipkinRequest } from './zipkin-request.ts';

export interface HttpReceiverOptions {
  readonly ingest: Ingest;
  readonly limits: ReceiverLimits;
  readonly logger: CollectorLogger;
  readonly inFlight: BytesInFlight;
  readonly authorize?: Authorize | undefined;
  readonly corsOrigins?: CorsOrigins | undefined;
  readonly isHealthy: () => boolean;
}

/** OTLP/HTTP and Zipkin v2 on Node's own request and response, so that any server can mount it. */
export class HttpReceiver {
  readonly #options: HttpReceiverOptions;
  readonly #bodies = new BodyPool();

  constructor(options: HttpReceiverOptions) {
    this.#options = options;
  }

  /** Answers one request. Never rejects. */
  readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const wantsJson = mediaType(request) === JSON_TYPE;
    try {
      allowOrigin(request, response, this.#options.corsOrigins ?? []);
      await this.#route(request, response);
    } catch (error) {
      const status = error instanceof ReceiveError ? error.status : this.#unexpected(error);
      // The rest of a body that is not wanted would be read as the next request.
      if (!request.complete) response.setHeader('connection', 'close');
      if (status.httpStatus === 401) response.setHeader('www-authenticate', 'Bearer');
      send(response, statusAnswer(status, wantsJson || mediaType(request) !== PROTOBUF));
      if (!request.complete) request.resume();
    }
  };

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path === '/healthz') {
      const healthy = this.#options.isHealthy();
      const body = JSON.stringify({ status: healthy ? 'ok' : 'unavailable' });
      send(response, { status: healthy ? 200 : 503, contentType: JSON_TYPE, body });
      return;
    }
    if (path !== '/v1/traces' && path !== '/api/v2/spans') {
      throw receiveError(
        404,
        `there is nothing at ${path}: OTLP goes to /v1/traces, Zipkin to /api/v2/spans`,
      );
    }
    if (request.method === 'OPTIONS') {
      answerPreflight(response);
      return;
    }
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      throw receiveError(405, `${request.method} ${path}: expected POST`);
    }
    const handler = path === '/v1/traces' ? otlpHandler(request) : zipkinHandler(request);
    send(response, await this.#receive(request, handler));
  }

  async #receive(request: IncomingMessage, handler: BodyHandler): Promise<HttpAnswer> {
    const { ingest, limits, inFlight, authorize } = this.#options;
    const { authorization } = request.headers;
    const projects = await authorizedProjects(authorize, authorization, request.socket.remoteAddress);
    const encoding = contentEncoding(request.headers['content-encoding']);
    let held = 0;
    let read: PooledBody | null = null;
    const hold = (bytes: number) => {
      if (!inFlight.take(bytes)) throw receiveError(429, 'too many requests are being received', 1_000);
      held += bytes;
    };
    try {
      const declared = Number(request.headers['content-length'] ?? 0);
      if (declared <= limits.maxRequestBytes) hold(declared);
      const maxBytes = limits.maxRequestBytes;
      read = await readBody(request, { maxBytes, pool: this.#bodies, onUndeclared: hold });
      const raw = read.bytes;
      const body = await decompress(raw, encoding, limits.maxDecompressedBytes);
      if (body.length > raw.length) hold(body.length - raw.length);
      return await handler(body, { ingest, projects });
    } finally {
      // The log has what it needs of it.
      read?.release();
      inFlight.give(held);
    }
  }

  #unexpected(error: unknown): RpcStatus {
    this.#options.logger.error({ err: error }, 'a request failed unexpectedly');
    return { code: RpcCode.internal, httpStatus: 500, message: 'internal error' };
  }
}

function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function otlpHandler(request: IncomingMessage): BodyHandler {
  const type = mediaType(request);
  if (type === PROTOBUF) return otlpProtobufRequest;
  if (type === JSON_TYPE) return otlpJsonRequest;
  throw receiveError(415, `content type ${JSON.stringify(type)}: expected ${PROTOBUF} or ${JSON_TYPE}`);
}

function zipkinHandler(request: IncomingMessage): BodyHandler {
  const type = mediaType(request);
  if (type === JSON_TYPE) return zipkinRequest;
  throw receiveError(415, `content type ${JSON.stringify(type)}: expected ${JSON_TYPE} (Zipkin v2)`);
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  if (answer.retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.max(1, Math.ceil(answer.retryAfterMs / 1000)));
  }
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, { 'content-type': answer.contentType, 'content-length': body.length });
  response.end(body);
}
