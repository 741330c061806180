import { activeContext } from '../context/context-manager.ts';
import { SUPPRESSED } from '../context/suppressed.ts';
import type { Compression } from '../export/compress.ts';
import type { HeaderSource } from '../export/otlp-http-transport.ts';
import { partialSuccess } from '../export/otlp-response.ts';
import type { SendResult, Transport } from '../export/send-result.ts';
import type { TlsFiles } from '../export/tls-files.ts';
import { resultOfFailure } from './grpc-failure.ts';
import type { GrpcMetadata, GrpcStatus } from './grpc-types.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const GZIP = 2;
const PACKAGE = '@grpc/grpc-js';

type Failure = GrpcStatus & Error;
type Answered = (error: Failure | null, answer?: Buffer) => void;

/** As much of the module as exporting takes. */
interface GrpcClientModule {
  readonly Client: new (target: string, credentials: unknown, options: object) => GrpcClient;
  readonly Metadata: new () => GrpcMetadata;
  readonly credentials: {
    createInsecure(): unknown;
    createSsl(ca?: Buffer | null, key?: Buffer | null, certificate?: Buffer | null): unknown;
  };
}

interface GrpcClient {
  makeUnaryRequest(
    method: string,
    serialize: (body: Buffer) => Buffer,
    deserialize: (bytes: Buffer) => Buffer,
    body: Buffer,
    metadata: GrpcMetadata,
    options: { deadline: number },
    answered: Answered,
  ): { cancel(): void };
  close(): void;
}

export interface OtlpGrpcOptions {
  /** `http://host:port` for plain text, `https://host:port` for TLS. */
  readonly url: string;
  readonly headers?: HeaderSource;
  readonly compression: Compression;
  readonly timeoutMs: number;
  readonly tls?: TlsFiles;
  /** Loads @grpc/grpc-js. */
  readonly load?: () => Promise<unknown>;
}

interface Opened {
  readonly client: GrpcClient;
  readonly Metadata: GrpcClientModule['Metadata'];
}

/** OTLP over gRPC. The library is loaded with the first batch; without it every batch is refused, with the way out. */
export class OtlpGrpcTransport implements Transport {
  readonly endpoint: string;
  private readonly options: OtlpGrpcOptions;
  private opening: Promise<Opened | null> | null = null;

  constructor(options: OtlpGrpcOptions) {
    this.options = options;
    this.endpoint = options.url;
  }

  async send(body: Buffer, signal: AbortSignal): Promise<SendResult> {
    this.opening ??= this.open();
    const opened = await this.opening;
    if (opened === null) {
      return { status: 'refused', reason: `export over gRPC needs it: npm install ${PACKAGE}` };
    }
    try {
      const { headers } = this.options;
      const metadata = new opened.Metadata();
      const given = typeof headers === 'function' ? await activeContext.run(SUPPRESSED, headers) : headers;
      for (const [name, value] of Object.entries(given ?? {})) metadata.set(name.toLowerCase(), value);
      return await activeContext.run(SUPPRESSED, () => this.call(opened.client, body, metadata, signal));
    } catch (error) {
      return { status: 'retry', afterMs: null, reason: String(error) };
    }
  }

  close(): void {
    // Nobody waits for it: a client that never opened has nothing to close.
    void this.opening?.then((opened) => opened?.client.close());
  }

  private call(
    client: GrpcClient,
    body: Buffer,
    metadata: GrpcMetadata,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    const same = (bytes: Buffer) => bytes;
    const deadline = Date.now() + this.options.timeoutMs;
    const call = client.makeUnaryRequest(
      EXPORT,
      same,
      same,
      body,
      metadata,
      { deadline },
      (error, answer) => {
        signal.removeEventListener('abort', cancel);
        resolve(error === null ? accepted(answer) : resultOfFailure(error));
      },
    );
    const cancel = () => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    return promise;
  }

  private async open(): Promise<Opened | null> {
    const name: string = PACKAGE;
    const { load = () => import(name), url, compression, tls } = this.options;
    let grpc: GrpcClientModule;
    try {
      grpc = (await load()) as GrpcClientModule;
    } catch {
      return null; // Not installed: `send` says so.
    }
    const { protocol, hostname, port } = new URL(url);
    const secure = protocol === 'https:';
    const credentials = secure
      ? grpc.credentials.createSsl(tls?.ca, tls?.key, tls?.cert)
      : grpc.credentials.createInsecure();
    const target = `${hostname}:${port === '' ? (secure ? 443 : 80) : port}`;
    const client = new grpc.Client(target, credentials, {
      ...(compression === 'gzip' && { 'grpc.default_compression_algorithm': GZIP }),
    });
    return { client, Metadata: grpc.Metadata };
  }
}

function accepted(answer: Buffer = Buffer.alloc(0)): SendResult {
  const partial = partialSuccess(answer);
  return { status: 'ok', rejectedSpans: partial?.rejectedSpans ?? 0, message: partial?.message ?? '' };
}
