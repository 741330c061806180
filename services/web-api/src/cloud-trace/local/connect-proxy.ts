import type { IncomingMessage, Server } from 'node:http';
import { connect, type Socket } from 'node:net';

/** Hosts that this platform answers for; all others are passed on. */
export const LOCAL_HOSTS = [
  'cloudtrace.googleapis.com',
  'telemetry.googleapis.com',
  'cloudtrace.trace.local',
  'telemetry.trace.local',
] as const;

export interface ConnectProxyOptions {
  /** Takes a tunnel to one of {@link LOCAL_HOSTS}: TLS comes through it. */
  readonly accept: (socket: Socket) => void;
}

/**
 * Makes an HTTP server a proxy for `CONNECT` (RFC 9110 section 9.3.6), so that `grpc_proxy` or `HTTPS_PROXY`
 * alone bring a program whose endpoint cannot be changed here. For servers on loopback only: it connects
 * anybody to anywhere.
 */
export function installConnectProxy(server: Server, { accept }: ConnectProxyOptions): () => void {
  const tunnels = new Set<Socket>();
  const track = (socket: Socket) => {
    tunnels.add(socket);
    socket.once('close', () => tunnels.delete(socket));
  };
  server.on('connect', (request: IncomingMessage, duplex, head: Buffer) => {
    const socket = duplex as Socket;
    // HTTP servers leave sockets half open; TLS over one would never close after its peer has gone.
    socket.allowHalfOpen = false;
    track(socket);
    socket.on('error', () => socket.destroy());
    const target = parseTarget(request.url ?? '');
    if (target === null) {
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      return;
    }
    if (head.length > 0) socket.unshift(head);
    if ((LOCAL_HOSTS as readonly string[]).includes(target.host)) {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      accept(socket);
      return;
    }
    track(passOn(socket, target));
  });
  return () => {
    for (const socket of tunnels) socket.destroy();
  };
}

interface Target {
  readonly host: string;
  readonly port: number;
}

function parseTarget(text: string): Target | null {
  const match = /^(\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65_535) return null;
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase(), port };
}

function passOn(socket: Socket, target: Target): Socket {
  let established = false;
  const upstream = connect(target.port, target.host, () => {
    established = true;
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.on('error', () => {
    if (established) socket.destroy();
    else socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  socket.once('close', () => upstream.destroy());
  upstream.once('close', () => socket.destroySoon());
  return upstream;
}
