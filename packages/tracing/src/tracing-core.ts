import type { Propagator } from './propagation/propagator.ts';
import type { SdkTracerProvider } from './tracer/provider.ts';
import type { SdkTracer } from './tracer/tracer.ts';

/** What instrumentations need of a running service. */
export interface TracingCore {
  readonly provider: SdkTracerProvider;
  readonly propagator: Propagator;
  /** Makes the spans of HTTP servers and clients. */
  readonly httpTracer: SdkTracer;
  readonly running: boolean;
  /** Sends what has ended, where responses wait for it; else null. */
  readonly flushBeforeResponse: (() => Promise<unknown>) | null;
  readonly instrumentsClients: boolean;
  readonly clientSpansNeedParent: boolean;
  /** Host code that threw inside of tracing is reported here, once. */
  readonly onError: (what: string, error: unknown) => void;
}
