import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import * as nodeModule from 'node:module'; // By namespace: many bundles declare a `createRequire` of their own.
import type { TracingCore } from '../tracing-core.ts';
import { patchChannel } from './client-calls.ts';
import { type GrpcServerOptions, traceGrpcClients, traceGrpcServers } from './grpc-services.ts';
import type { GrpcModule } from './grpc-types.ts';
import { patchServer } from './server-calls.ts';

const MODULE = /[\\/]@grpc[\\/]grpc-js[\\/]/;
const REQUIRED = 'tracing:module.require:end';

/** Client spans for every gRPC call of the process, until what it returns is called. */
export function instrumentGrpcClients(core: TracingCore): () => void {
  return stopAll(watchForGrpc(), traceGrpcClients(core));
}

/** Server spans for every gRPC server that begins to serve afterwards. */
export function instrumentGrpcServers(core: TracingCore, options: GrpcServerOptions = {}): () => void {
  if (options.grpc !== undefined) patchGrpc(options.grpc as GrpcModule);
  return stopAll(watchForGrpc(), traceGrpcServers(core, options));
}

const stopAll =
  (...stops: (() => void)[]) =>
  () => {
    for (const stop of stops) stop();
  };

/** Patches the two classes every call goes through. The same copy is patched once, however often it is seen. */
function patchGrpc(grpc: GrpcModule): void {
  const { ChannelImplementation, Channel = ChannelImplementation, Server } = grpc;
  if (typeof Channel === 'function') patchChannel(Channel.prototype);
  if (typeof Server === 'function') patchServer(Server.prototype);
}

/**
 * Patches each copy of @grpc/grpc-js: those that are loaded already, and others as Node says that they are.
 * Its files require each other, so this works for `import` as for `require`.
 */
function watchForGrpc(): () => void {
  for (const module of Object.values(nodeModule.createRequire(process.execPath).cache)) {
    if (module?.loaded === true && MODULE.test(module.filename)) patchLoaded(module.exports);
  }
  const onRequired = (message: unknown) => {
    const { parentFilename = '', result } = message as { parentFilename?: string; result?: unknown };
    if (MODULE.test(parentFilename)) patchLoaded(result);
  };
  subscribe(REQUIRED, onRequired);
  return () => void unsubscribe(REQUIRED, onRequired);
}

/** Its own files and Node's modules come by here: `net` has a `Server` too. */
function patchLoaded(exports: unknown): void {
  const { ChannelImplementation, Server } = (exports ?? {}) as GrpcModule;
  if (typeof ChannelImplementation === 'function') patchGrpc({ ChannelImplementation });
  if (typeof Server === 'function' && 'addService' in Server.prototype) patchGrpc({ Server });
}
