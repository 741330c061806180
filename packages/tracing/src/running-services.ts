import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncContextManager } from './context/context-manager.ts';
import { watchResponses } from './instrumentation/end-of-response.ts';
import { instrumentNodeHttpClient } from './instrumentation/node-http-client.ts';
import { instrumentUndiciClient } from './instrumentation/undici-client.ts';
import type { TracingCore } from './tracing-core.ts';

/**
 * The API has one place for a tracer provider, and Node one for channel subscribers; a process may run
 * several services. The first one that started stands in the API; a request made within a span belongs to
 * that span's service.
 */
const running = new Set<TracingCore>();
const watching = new Map<TracingCore, () => void>();
let registered: TracingCore | null = null;
let uninstrument: (() => void) | null = null;

/** The service that requests outside of any span belong to. */
function firstInstrumented(): TracingCore | undefined {
  for (const core of running) if (core.instrumentsClients) return core;
  return undefined;
}

export function register(core: TracingCore): void {
  running.add(core);
  watching.set(core, watchResponses());
  if (registered === null) registerGlobals(core);
  if (uninstrument !== null || !core.instrumentsClients) return;
  const stops = [instrumentNodeHttpClient(firstInstrumented), instrumentUndiciClient(firstInstrumented)];
  uninstrument = () => {
    for (const stop of stops) stop();
  };
}

function registerGlobals(core: TracingCore): void {
  if (!trace.setGlobalTracerProvider(core.provider)) {
    core.onError(
      'another tracer provider stands in the OpenTelemetry API already; only spans made through TracingService are ours',
      null,
    );
    return;
  }
  registered = core;
  context.setGlobalContextManager(new AsyncContextManager().enable());
  propagation.setGlobalPropagator(core.propagator);
}

export function unregister(core: TracingCore): void {
  running.delete(core);
  watching.get(core)?.();
  watching.delete(core);
  if (firstInstrumented() === undefined) {
    uninstrument?.();
    uninstrument = null;
  }
  if (registered !== core) return;
  trace.disable();
  propagation.disable();
  registered = null;
  const [next] = running;
  if (next !== undefined) registerGlobals(next);
  else context.disable();
}
