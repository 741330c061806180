import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { Span } from '@utxoiq/model';
import { CollectorError, directoryUnusable } from './collector-error.ts';
import { Ingest, type IngestOptions } from './ingest/ingest.ts';
import type { IngestResult } from './ingest/ingest-result.ts';
import { type CollectorLimits, completeLimits } from './limits.ts';
import type { SpanStore } from './loader/block-inserter.ts';
import { diskFileSystem, type LogFileSystem } from './log/file-system.ts';
import { type CollectorLogger, silentLogger } from './logger.ts';
import { Pipeline, type PipelineStats } from './pipeline.ts';
import type { Authorize } from './receive/authorize.ts';
import { BytesInFlight } from './receive/bytes-in-flight.ts';
import { GrpcReceiver, type TlsCredentials } from './receive/grpc/grpc-receiver.ts';
import { type GrpcService, otlpGrpcService } from './receive/grpc/otlp-service.ts';
import type { CorsOrigins } from './receive/http/cors.ts';
import { HttpReceiver } from './receive/http/http-receiver.ts';

/** Options of `Collector.start`. */
export interface CollectorOptions {
  readonly store: SpanStore;
  /** For the write-ahead log; made if missing, used by one process at a time. */
  readonly dataDir: string;
  /** The project of spans whose resource names none. */
  readonly projectId: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** OTLP/HTTP and Zipkin; 0 takes a free one, missing means no listener. */
  readonly otlpHttpPort?: number;
  /** OTLP/gRPC and `grpcServices`; 0 takes a free one, missing means no listener. */
  readonly grpcPort?: number;
  /** Served beside OTLP on the gRPC port. */
  readonly grpcServices?: readonly GrpcService[];
  /** For the gRPC listener; without it, it is plain text. */
  readonly tls?: TlsCredentials;
  readonly limits?: Partial<CollectorLimits>;
  readonly logger?: CollectorLogger;
  /** Default: everybody may send, to every project. */
  readonly authorize?: Authorize;
  /** Default none. */
  readonly corsOrigins?: CorsOrigins;
  /** Default the disk. */
  readonly fileSystem?: LogFileSystem;
}

/** Counters since the start and sizes as they are now; docs/collector.md explains each. */
export type CollectorStats = PipelineStats & Ingest['stats'] & { readonly bytesInFlight: number };

/** Receives spans, keeps them in a write-ahead log and brings them to the store. */
export class Collector {
  readonly #ingest: Ingest;
  readonly #pipeline: Pipeline;
  readonly #limits: CollectorLimits;
  readonly #inFlight: BytesInFlight;
  readonly #http: HttpReceiver;
  #server: Server | null = null;
  #grpc: GrpcReceiver | null = null;
  readonly #logger: CollectorLogger;
  readonly ports: { otlpHttp?: number; grpc?: number } = {};
  #stopping: Promise<void> | null = null;

  private constructor(options: CollectorOptions, limits: CollectorLimits, pipeline: Pipeline) {
    this.#limits = limits;
    this.#logger = options.logger ?? silentLogger;
    this.#pipeline = pipeline;
    this.#ingest = new Ingest({ log: pipeline.log, limits, projectId: options.projectId });
    this.#inFlight = new BytesInFlight(limits.maxBytesInFlight);
    this.#http = new HttpReceiver({
      ingest: this.#ingest,
      limits,
      logger: this.#logger,
      inFlight: this.#inFlight,
      authorize: options.authorize,
      corsOrigins: options.corsOrigins,
      isHealthy: () => this.#stopping === null && pipeline.log.failure === null,
    });
  }

  /** @throws {CollectorError} a bad option, a directory in use or not writable, a port that cannot be had */
  static async start(options: CollectorOptions): Promise<Collector> {
    const limits = completeLimits(options.limits ?? {});
    const directory = join(options.dataDir, 'wal');
    try {
      mkdirSync(directory, { recursive: true });
    } catch (cause) {
      throw directoryUnusable(directory, cause);
    }
    const logger = options.logger ?? silentLogger;
    const files = options.fileSystem ?? diskFileSystem;
    const pipeline = await Pipeline.open({ directory, files, limits, logger, store: options.store });
    const collector = new Collector(options, limits, pipeline);
    try {
      await collector.#listen(options);
    } catch (error) {
      await collector.stop();
      throw error;
    }
    return collector;
  }

  /** Answers `/v1/traces`, `/api/v2/spans` and `/healthz` on another server's request. Never rejects. */
  handleHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#http.handle(request, response);
  }

  /** Serves a connection that was accepted elsewhere on the gRPC listener (`tls.plaintextToo`). */
  acceptGrpc(socket: Socket): void {
    if (this.#grpc === null) socket.destroy();
    else this.#grpc.accept(socket);
  }

  /** Takes an ExportTraceServiceRequest; the spans it accepts are durable when the result is there. */
  ingestOtlp(bytes: Uint8Array, options?: IngestOptions): Promise<IngestResult> {
    return this.#ingest.otlp(bytes, options);
  }

  ingestSpans(spans: readonly Span[], options?: IngestOptions): Promise<IngestResult> {
    return this.#ingest.spans(spans, options);
  }

  stats(): CollectorStats {
    return { ...this.#ingest.stats, ...this.#pipeline.stats(), bytesInFlight: this.#inFlight.bytes };
  }

  /** Answers what is being received, then stores what is in the log; what cannot be stored in time stays there. */
  stop(): Promise<void> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  async #listen(options: CollectorOptions): Promise<void> {
    const { otlpHttpPort, grpcPort, host = '127.0.0.1' } = options;
    if (otlpHttpPort !== undefined) {
      const { requestTimeoutMs } = this.#limits;
      const timeouts = {
        requestTimeout: requestTimeoutMs,
        headersTimeout: requestTimeoutMs,
        // Node looks for requests that are late every 30 s, unless told otherwise.
        connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
        keepAliveTimeout: KEEP_ALIVE_MS,
      };
      const server = createServer(timeouts, this.#http.handle);
      await listen(server, otlpHttpPort, host);
      this.#server = server;
      this.ports.otlpHttp = (server.address() as AddressInfo).port;
    }
    if (grpcPort === undefined) return;
    const { authorize, grpcServices = [], tls } = options;
    const otlp = otlpGrpcService({
      ingest: this.#ingest,
      inFlight: this.#inFlight,
      logger: this.#logger,
      authorize,
    });
    const maxMessageBytes = this.#limits.maxDecompressedBytes;
    const services = [otlp, ...grpcServices];
    this.#grpc = await GrpcReceiver.start({ host, port: grpcPort, maxMessageBytes, services, tls });
    this.ports.grpc = this.#grpc.port;
  }

  async #drain(): Promise<void> {
    const closed = [this.#server === null ? null : closeServer(this.#server), this.#grpc?.stop()];
    this.#ingest.stop();
    await Promise.all(closed);
    await this.#pipeline.close();
  }
}

/** Longer than the idle limit of common load balancers and clients, so that they close first. */
const KEEP_ALIVE_MS = 75_000;
/** For requests that are under way when the collector stops; as long as gRPC's have. */
const CLOSE_GRACE_MS = 5000;

async function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (cause) {
    const message = `cannot listen on ${host}:${port} for OTLP/HTTP; choose another port`;
    throw new CollectorError('PORT_UNAVAILABLE', message, { cause });
  }
}

async function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  // A closing server watches no timeouts: one sender of half a request would keep it open for ever.
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await promise;
  clearTimeout(timer);
}
