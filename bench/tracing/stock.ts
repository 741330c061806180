/** OpenTelemetry as its documentation sets it up: batch processor, OTLP over protobuf, its own instrumentations. */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export interface StockOptions {
  readonly collector: string;
  readonly sampled: boolean;
  /** Package and class of each. */
  readonly instrumentations: readonly (readonly [from: string, name: string, options?: object])[];
}

/** To be called before what is instrumented is loaded. Returns what sends all that has ended. */
export function startStock({ collector, sampled, instrumentations }: StockOptions): () => Promise<void> {
  const { registerInstrumentations } = load('@opentelemetry/instrumentation');
  const sdk = load('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto');
  const { AsyncLocalStorageContextManager } = load('@opentelemetry/context-async-hooks');
  const { W3CTraceContextPropagator } = load('@opentelemetry/core');
  const api = load('@opentelemetry/api');
  const root = sampled ? new sdk.AlwaysOnSampler() : new sdk.AlwaysOffSampler();
  const exporter = new OTLPTraceExporter({ url: `${collector}/v1/traces` });
  // A queue large enough that nothing is dropped at this rate: else the stock side would skip work.
  const queue = { maxQueueSize: 200_000, maxExportBatchSize: 2048, scheduledDelayMillis: 250 };
  const provider = new sdk.TracerProvider({
    sampler: new sdk.ParentBasedSampler({ root }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, ...queue })],
  });
  api.trace.setGlobalTracerProvider(provider);
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: instrumentations.map(([from, name, options]) => new (load(from)[name])(options)),
  });
  // It rejects when batches were given up: their spans are lost, and their work spared.
  return () =>
    provider.forceFlush().catch((errors: unknown) => console.warn(`stock has not exported all: ${errors}`));
}
