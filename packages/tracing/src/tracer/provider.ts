import type { Tracer, TracerOptions, TracerProvider } from '@opentelemetry/api';
import { encodeScope } from '../encode/scope.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { TracingCore } from '../tracing-core.ts';
import type { SpanLimits } from './span-limits.ts';
import { SpanPipeline, type SpanSink } from './span-pipeline.ts';
import { SdkTracer } from './tracer.ts';
import type { TracerMetrics } from './tracer-metrics.ts';

export interface SdkTracerProviderOptions {
  readonly sampler: Sampler;
  readonly limits: SpanLimits;
  readonly metrics: TracerMetrics;
  readonly sink: SpanSink;
}

/** The API's tracer provider: one tracer per scope name, version and schema. */
export class SdkTracerProvider implements TracerProvider {
  private readonly options: SdkTracerProviderOptions;
  private readonly core: TracingCore;
  private readonly tracers = new Map<string, SdkTracer>();

  constructor(core: TracingCore, options: SdkTracerProviderOptions) {
    this.core = core;
    this.options = options;
  }

  getTracer(name: string, version = '', options?: TracerOptions): Tracer & SdkTracer {
    const schemaUrl = textOr(options?.schemaUrl);
    const key = `${name}\0${version}\0${schemaUrl}`;
    let tracer = this.tracers.get(key);
    if (tracer === undefined) {
      const { limits, metrics, sink, sampler } = this.options;
      const pipeline = new SpanPipeline(
        this.core,
        limits,
        metrics,
        encodeScope(textOr(name), textOr(version), schemaUrl),
        sink,
      );
      tracer = new SdkTracer(pipeline, sampler, this.core.onError);
      this.tracers.set(key, tracer);
    }
    return tracer;
  }
}

/** A name that is none is an empty one (specification, trace/api.md, "Get a Tracer"). */
function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
