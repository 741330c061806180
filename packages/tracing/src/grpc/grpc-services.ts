import type { SdkTracer } from '../tracer/tracer.ts';
import type { TracingCore } from '../tracing-core.ts';
import { VERSION } from '../version.ts';

/** Options of `instrumentGrpc`. */
export interface GrpcServerOptions {
  /** Methods that get no span, by their path: `/grpc.health.v1.Health/Check`. */
  readonly ignore?: (path: string) => boolean;
  /** The module, for bundled programs, where its loading cannot be seen: `import * as grpc from '@grpc/grpc-js'`. */
  readonly grpc?: object;
}

interface TracedServers {
  readonly core: TracingCore;
  readonly ignore: (path: string) => boolean;
}

const clients = new Set<TracingCore>();
const servers = new Set<TracedServers>();

/** The services that calls belong to: the first that asked. */
export const tracedBy = {
  client: (): TracingCore | undefined => first(clients, (core) => core.running),
  server: (): TracedServers | undefined => first(servers, ({ core }) => core.running),
};

export function traceGrpcClients(core: TracingCore): () => void {
  clients.add(core);
  return () => void clients.delete(core);
}

export function traceGrpcServers(core: TracingCore, { ignore = () => false }: GrpcServerOptions): () => void {
  const traced = { core, ignore };
  servers.add(traced);
  return () => void servers.delete(traced);
}

function first<T>(all: Set<T>, matches: (one: T) => boolean): T | undefined {
  for (const one of all) if (matches(one)) return one;
  return undefined;
}

const tracers = new WeakMap<TracingCore, SdkTracer>();

export function grpcTracer(core: TracingCore): SdkTracer {
  let tracer = tracers.get(core);
  if (tracer === undefined) {
    tracer = core.provider.getTracer('@utxoiq/tracing/grpc', VERSION);
    tracers.set(core, tracer);
  }
  return tracer;
}
