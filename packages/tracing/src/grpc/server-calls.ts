import { type Context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { activeContext } from '../context/context-manager.ts';
import { acceptedCorrelationId } from '../instrumentation/http-attributes.ts';
import { CORRELATION_ID_HEADER } from '../propagation/propagator.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { grpcTracer, tracedBy } from './grpc-services.ts';
import type { GrpcMetadata, GrpcServer, ServerCall, ServerInterceptor } from './grpc-types.ts';
import { describeAddress, describeCall, endCall, rpcMethod } from './rpc-attributes.ts';
import { spanContextOfTraceBin, TRACE_BIN_KEY } from './trace-bin.ts';

const PATCHED = Symbol('utxoiq.grpc-server');
const CANCELLED = 1;
/** What every server does before it answers its first call. */
const BEFORE_SERVING = ['register', 'bindAsync', 'createConnectionInjector'] as const;
type Method = (this: GrpcServer, ...args: unknown[]) => unknown;

/** Gives every server an interceptor of ours, before those of its own: they run within the span as well. */
export function patchServer(server: GrpcServer): void {
  if (PATCHED in server) return;
  Object.defineProperty(server, PATCHED, { value: true });
  const methods = server as unknown as Record<string, Method>;
  for (const name of BEFORE_SERVING) {
    const original = methods[name];
    if (original === undefined) continue;
    methods[name] = function (...args) {
      const { interceptors } = this;
      if (Array.isArray(interceptors) && !interceptors.includes(traceCall)) {
        this.interceptors = [traceCall, ...interceptors];
      }
      return original.apply(this, args);
    };
  }
}

/** Traces by the two methods that begin and end a call; all others stay as they are. */
export const traceCall: ServerInterceptor = ({ path }, call) => {
  const traced = tracedBy.server();
  if (traced === undefined || traced.ignore(path)) return call;
  const start = call.start;
  call.start = function (this: ServerCall, listener) {
    let span: ReturnType<typeof beginCall> = null;
    const run = (fn: () => void) => (span === null ? fn() : activeContext.run(span, fn));
    const sendStatus = call.sendStatus;
    call.sendStatus = function (this: ServerCall, status) {
      sendStatus.call(this, status);
      if (span instanceof RecordingSpan) endCall(span, 'server', status.code, status.details ?? '');
    };
    start.call(this, {
      // One parameter: grpc-js tells listeners from interceptors' by it.
      onReceiveMetadata: (metadata) => {
        span = beginCall(traced.core, path, metadata, call);
        run(() => listener.onReceiveMetadata(metadata));
      },
      onReceiveMessage: (message) => run(() => listener.onReceiveMessage(message)),
      onReceiveHalfClose: () => run(() => listener.onReceiveHalfClose()),
      onCancel: () => {
        run(() => listener.onCancel());
        if (span instanceof RecordingSpan) endCall(span, 'server', CANCELLED, 'cancelled by the client');
      },
    });
  };
  return call;
};

function beginCall(core: TracingCore, path: string, metadata: GrpcMetadata, call: ServerCall) {
  try {
    const method = rpcMethod(path);
    const span = grpcTracer(core).begin(method.name, SpanKind.SERVER, parentOf(core, metadata));
    span.correlationId = acceptedCorrelationId(metadata.get(CORRELATION_ID_HEADER)[0]) ?? span.traceId;
    if (!(span instanceof RecordingSpan)) return span;
    describeCall(span, method);
    describeAddress(span, call.getHost(), 'server');
    describeAddress(span, call.getPeer(), 'network.peer');
    span.append('correlation_id', span.correlationId);
    return span;
  } catch (error) {
    core.onError('tracing a gRPC call', error);
    return null;
  }
}

function parentOf(core: TracingCore, metadata: GrpcMetadata): Context {
  const context = core.propagator.read(ROOT_CONTEXT, (name) => metadata.get(name)[0]);
  return context === ROOT_CONTEXT ? spanContextOfTraceBin(metadata.get(TRACE_BIN_KEY)[0]) : context;
}
