import { channel } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

/** Requests of 1,000 spans are 0.5 MB: HTTP/2's default of 64 KiB stops each seven times for an answer. */
const STREAM_WINDOW_BYTES = 1 << 20;
const CONNECTION_WINDOW_BYTES = 8 << 20;

const streams = channel('http2.server.stream.created');
const widened = new WeakSet<ServerHttp2Session>();
let receivers = 0;

/**
 * Lets gRPC's senders have more on its way. @grpc/grpc-js takes `flow_control_window` for clients only and hides the
 * server's sessions; Node publishes their streams, and the first one leads to its session.
 * @returns a function that ends it
 */
export function widenFlowWindows(): () => void {
  if (receivers++ === 0) streams.subscribe(widen);
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    if (--receivers === 0) streams.unsubscribe(widen);
  };
}

function widen(message: unknown): void {
  const { stream, headers } = message as { stream: ServerHttp2Stream; headers: IncomingHttpHeaders };
  const { session } = stream;
  if (session === undefined || widened.has(session as ServerHttp2Session)) return;
  if (!headers['content-type']?.startsWith('application/grpc')) return;
  widened.add(session as ServerHttp2Session);
  session.settings({ initialWindowSize: STREAM_WINDOW_BYTES });
  (session as ServerHttp2Session).setLocalWindowSize(CONNECTION_WINDOW_BYTES);
}
