import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { CollectorError } from '../../collector-error.ts';
import { widenFlowWindows } from './flow-window.ts';
import { GrpcPort } from './grpc-port.ts';
import type { GrpcService } from './otlp-service.ts';

/** PEM texts. */
export interface TlsCredentials {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Given, clients must show a certificate signed by it. */
  readonly clientCa?: string | Buffer;
  /** Take plain text on the same port as well: for loopback, where certificates are for programs that insist. */
  readonly plaintextToo?: boolean;
  /** Takes TLS connections that speak HTTP/1.1; only with `plaintextToo`. Without it they are closed. */
  readonly onHttp1?: (socket: Duplex) => void;
}

export interface GrpcReceiverOptions {
  readonly host: string;
  readonly port: number;
  /** Of a message, compressed or not. */
  readonly maxMessageBytes: number;
  readonly services: readonly GrpcService[];
  readonly tls?: TlsCredentials | undefined;
}

/** How long a stopping server waits for calls under way. */
const GRACE_MS = 5_000;

/** The gRPC listener with everything that is served on it. */
export class GrpcReceiver {
  readonly #server: Server;
  readonly #shared: GrpcPort | null;
  readonly #endWideWindows = widenFlowWindows();
  readonly port: number;

  private constructor(server: Server, port: number, shared: GrpcPort | null = null) {
    this.#server = server;
    this.#shared = shared;
    this.port = port;
  }

  /** Serves a connection that was accepted elsewhere, where plain text and TLS share the port. */
  accept(socket: Socket): void {
    if (this.#shared === null) socket.destroy();
    else this.#shared.accept(socket);
  }

  static async start(options: GrpcReceiverOptions): Promise<GrpcReceiver> {
    const server = new Server({
      'grpc.max_receive_message_length': options.maxMessageBytes,
      'grpc.max_send_message_length': -1,
    });
    for (const { definition, implementation } of options.services)
      server.addService(definition, implementation);
    const { tls } = options;
    if (tls?.plaintextToo === true) {
      const shared = await GrpcPort.listen({ server, host: options.host, port: options.port, tls });
      return new GrpcReceiver(server, shared.port, shared);
    }
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    server.bindAsync(`${host}:${options.port}`, credentials(options.tls), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
    try {
      return new GrpcReceiver(server, await promise);
    } catch (cause) {
      server.forceShutdown();
      const message = `cannot listen on ${host}:${options.port} for gRPC; choose another port`;
      throw new CollectorError('PORT_UNAVAILABLE', message, { cause });
    }
  }

  /** Lets the calls under way finish. */
  async stop(): Promise<void> {
    this.#shared?.close(GRACE_MS);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.tryShutdown(() => resolve());
    const timer = setTimeout(() => {
      this.#server.forceShutdown();
      resolve();
    }, GRACE_MS);
    await promise;
    clearTimeout(timer);
    this.#endWideWindows();
  }
}

function credentials(tls: TlsCredentials | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) };
  const clientCa = tls.clientCa === undefined ? null : Buffer.from(tls.clientCa);
  return ServerCredentials.createSsl(clientCa, [pair], clientCa !== null);
}
