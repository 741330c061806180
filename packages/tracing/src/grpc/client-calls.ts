import { type Context, type Span, SpanKind, type TextMapSetter } from '@opentelemetry/api';
import { activeContext, currentContext } from '../context/context-manager.ts';
import { SPAN_KEY, SUPPRESS_TRACING_KEY } from '../context/span-frame.ts';
import { RecordingSpan } from '../tracer/span.ts';
import type { TracingCore } from '../tracing-core.ts';
import { grpcTracer, tracedBy } from './grpc-services.ts';
import type { ClientCall, ClientListener, GrpcChannel, GrpcMetadata } from './grpc-types.ts';
import { describeAddress, describeCall, endCall, rpcMethod } from './rpc-attributes.ts';

const PATCHED = Symbol('utxoiq.grpc-channel');

/** A caller's own trace header stays. */
const METADATA: TextMapSetter<GrpcMetadata> = {
  set(metadata, name, value) {
    if (metadata.get(name).length === 0) metadata.set(name, value);
  },
};

/**
 * Every call of every client, whichever of the four kinds, begins with its channel's `createCall`; retries
 * happen beneath it. What is patched stays patched, and does nothing while no service runs.
 */
export function patchChannel(channel: GrpcChannel): void {
  if (PATCHED in channel) return;
  Object.defineProperty(channel, PATCHED, { value: true });
  const original = channel.createCall;
  channel.createCall = function (this: GrpcChannel, method, ...rest) {
    const call = original.call(this, method, ...rest);
    if (tracedBy.client() !== undefined) traceStart(call, method, this);
    return call;
  };
}

function traceStart(call: ClientCall, method: string, channel: GrpcChannel): void {
  const start = call.start;
  call.start = function (this: ClientCall, metadata, listener) {
    const core = tracedBy.client();
    const context = currentContext();
    const span = core === undefined ? null : beginCall(core, context, method, channel);
    if (core === undefined || span === null) return start.call(this, metadata, listener);
    // A copy: the caller may use its metadata for the next call too.
    const own = metadata.clone();
    writeContext(core, span, own);
    const recording = span instanceof RecordingSpan ? span : null;
    return activeContext.run(span, () => start.call(this, own, inContext(context, recording, listener)));
  };
}

/** grpc-js throws on values that metadata cannot hold; a trace state of the host's may hold any. */
function writeContext(
  core: TracingCore,
  span: NonNullable<ReturnType<typeof beginCall>>,
  own: GrpcMetadata,
): void {
  try {
    core.propagator.write(span, own, METADATA);
  } catch (error) {
    core.onError('writing the context into gRPC metadata', error);
  }
}

function beginCall(core: TracingCore, context: Context, path: string, channel: GrpcChannel) {
  if (context.getValue(SUPPRESS_TRACING_KEY) === true) return null;
  try {
    const parent = context.getValue(SPAN_KEY) as Span | undefined;
    const owner = parent instanceof RecordingSpan ? parent.pipeline.core : core;
    if (owner.clientSpansNeedParent && parent === undefined) return null;
    const method = rpcMethod(path);
    const span = grpcTracer(owner).begin(method.name, SpanKind.CLIENT, context);
    if (span instanceof RecordingSpan) {
      describeCall(span, method);
      describeAddress(span, channel.getTarget(), 'server');
    }
    return span;
  } catch (error) {
    core.onError('tracing a gRPC call', error);
    return null;
  }
}

/** Answers arrive in the connection's context; the caller's code is to run in the caller's. */
function inContext(context: Context, span: RecordingSpan | null, listener: ClientListener): ClientListener {
  return {
    onReceiveMetadata: (metadata) => activeContext.run(context, () => listener.onReceiveMetadata(metadata)),
    onReceiveMessage: (message) => activeContext.run(context, () => listener.onReceiveMessage(message)),
    onReceiveStatus: (status) => {
      if (span !== null) endCall(span, 'client', status.code, status.details ?? '');
      activeContext.run(context, () => listener.onReceiveStatus(status));
    },
  };
}
