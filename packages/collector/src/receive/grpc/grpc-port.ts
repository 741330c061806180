import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { type ConnectionInjector, type Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { CollectorError } from '../../collector-error.ts';

export interface GrpcTls {
  /** PEM. */
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Given, clients must show a certificate signed by it. */
  readonly clientCa?: string | Buffer;
  /** Takes TLS connections that speak HTTP/1.1 instead of gRPC's HTTP/2; without it they are closed. */
  readonly onHttp1?: (socket: Duplex) => void;
}

export interface GrpcPortOptions {
  readonly server: GrpcServer;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: GrpcTls;
}

/** A TLS record that holds a handshake (RFC 8446 section 5.1); HTTP/2 begins with `PRI`. */
const TLS_HANDSHAKE = 0x16;
/** A connection that says nothing for so long is closed: it cannot be told what it is. */
const FIRST_BYTE_TIMEOUT_MS = 10_000;

/**
 * gRPC with and without TLS on one port, which @grpc/grpc-js alone cannot: the first byte tells which it is,
 * then grpc-js gets the connection as if it had accepted it, so that a byte passes through nothing more.
 */
export class GrpcPort {
  readonly port: number;
  readonly #listener: Server;
  readonly #injector: ConnectionInjector;
  readonly #accept: (socket: Socket) => void;

  private constructor(listener: Server, injector: ConnectionInjector, accept: (socket: Socket) => void) {
    this.#listener = listener;
    this.#injector = injector;
    this.#accept = accept;
    this.port = (listener.address() as AddressInfo).port;
  }

  /** @throws {CollectorError} when the port cannot be had */
  static async listen({ server, host, port, tls }: GrpcPortOptions): Promise<GrpcPort> {
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    const inject = (socket: Duplex) => injector.injectConnection(socket);
    const secure = tls === undefined ? null : tlsTerminator(tls, inject);
    const accept = (socket: Socket) => tellApart(socket, { inject, secure });
    const listener = createServer({ noDelay: true, keepAlive: true }, accept);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    listener.once('error', reject);
    listener.listen(port, host, resolve);
    try {
      await promise;
    } catch (cause) {
      injector.destroy();
      const message = `cannot listen on ${host}:${port} for gRPC; choose another port`;
      throw new CollectorError('PORT_UNAVAILABLE', message, { cause });
    }
    return new GrpcPort(listener, injector, accept);
  }

  /** Serves a connection that was accepted elsewhere (a proxy's tunnel) as if it had come here. */
  accept(socket: Socket): void {
    this.#accept(socket);
  }

  /** Takes no new connections; those that are open may finish for so long. */
  close(graceMs: number): void {
    this.#listener.close();
    this.#injector.drain(graceMs);
  }
}

function tellApart(
  socket: Socket,
  { inject, secure }: { inject: (socket: Duplex) => void; secure: TlsServer | null },
): void {
  const drop = () => socket.destroy();
  socket.on('error', drop);
  if (secure === null) {
    inject(socket);
    return;
  }
  socket.setTimeout(FIRST_BYTE_TIMEOUT_MS, drop);
  socket.once('readable', () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    socket.setTimeout(0);
    socket.off('timeout', drop);
    socket.unshift(chunk);
    if (chunk[0] === TLS_HANDSHAKE) secure.emit('connection', socket);
    else inject(socket);
  });
}

function tlsTerminator(
  { cert, key, clientCa, onHttp1 }: GrpcTls,
  inject: (socket: Duplex) => void,
): TlsServer {
  const server = createTlsServer({
    cert,
    key,
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
    ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy());
    if (socket.alpnProtocol === 'h2') inject(socket);
    else if (onHttp1 !== undefined) onHttp1(socket);
    else socket.destroy();
  });
  // A caller who does not trust the certificate, or speaks no TLS after all: theirs to report.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
