import { setTimeout } from 'node:timers/promises';
import { type Attributes, type Span, SpanKind, type Tracer } from '@opentelemetry/api';
import type { InstrumentationLike, TracingOptions } from './config/options.ts';
import { type Settings, settingsOf } from './config/settings.ts';
import { activeContext, currentContext } from './context/context-manager.ts';
import { SPAN_KEY, SUPPRESS_TRACING_KEY } from './context/span-frame.ts';
import { SUPPRESSED } from './context/suppressed.ts';
import { type TraceDecorator, traceDecorator } from './decorate/trace-request.ts';
import { BatchEncoder } from './encode/batch-encoder.ts';
import { encodeResource } from './encode/scope.ts';
import { ErrorReporter } from './export/error-reporter.ts';
import { flushOnExit } from './export/exit-flush.ts';
import { Outbox } from './export/outbox.ts';
import { SpanQueue } from './export/span-queue.ts';
import { transportOf } from './export/transport-of-settings.ts';
import { GoogleCredentials } from './google/credentials.ts';
import { runningResource } from './google/running-resource.ts';
import { instrumentGrpcClients, instrumentGrpcServers } from './grpc/grpc-module.ts';
import type { GrpcServerOptions } from './grpc/grpc-services.ts';
import {
  type ErrorMiddleware,
  expressErrorMiddleware,
  expressMiddleware,
  type Middleware,
} from './instrumentation/express.ts';
import { type FastifyLike, instrumentFastify } from './instrumentation/fastify.ts';
import { type HonoMiddleware, honoMiddleware } from './instrumentation/hono.ts';
import { type HttpServerOptions, instrumentNodeHttpServer } from './instrumentation/node-http-server.ts';
import { type LogFields, logFields } from './logs/log-fields.ts';
import { hookEsModules } from './passed-in/esm-hook.ts';
import { loadedTooEarly } from './passed-in/loaded-early.ts';
import { Propagator } from './propagation/propagator.ts';
import { LazyCloudTraceReader } from './read/lazy-cloud-trace-reader.ts';
import {
  type ListTracesOptions,
  MonitoringApi,
  type TraceData,
  type TraceList,
  type TraceReader,
} from './read/monitoring-api.ts';
import { register, unregister } from './running-services.ts';
import { OutcomeSampling } from './sampling/outcome.ts';
import { SpillDirectory } from './spill/spill-directory.ts';
import { SdkTracerProvider } from './tracer/provider.ts';
import type { SpanSink } from './tracer/span-pipeline.ts';
import type { SdkTracer } from './tracer/tracer.ts';
import { newTracerMetrics, type TracerMetrics, type TracingMetrics } from './tracer/tracer-metrics.ts';
import type { TracingCore } from './tracing-core.ts';
import { VERSION } from './version.ts';

const SCOPE = '@utxoiq/tracing';
/** What `start()` waits for the resource at most. */
const DETECTION_MS = 500;

/** Tracing of one service: make it, `start()` it, `stop()` it; everything between is optional. */
export class TracingService {
  readonly settings: Settings;
  private readonly core: TracingCore & { running: boolean };
  private readonly tracer: SdkTracer;
  private readonly counters: TracerMetrics = newTracerMetrics();
  /** Of `spansSampledOut`, those that had been recorded and ended before. */
  private decidedAgainst = 0;
  private readonly env: NodeJS.ProcessEnv;
  private readonly credentials: GoogleCredentials | null;
  private readonly reporter: ErrorReporter;
  private readonly encoder: BatchEncoder;
  private readonly queue: SpanQueue;
  private readonly outbox: Outbox;
  private readonly sink: SpanSink;
  private readonly outcome: OutcomeSampling | null;
  private readonly reader: TraceReader;
  private projectId: string;
  private starting: Promise<void> | null = null;
  private stopping: Promise<void> | null = null;
  /** What `stop()` undoes. */
  private readonly undo: (() => void)[] = [];

  /**
   * Decides everything, does nothing yet: no I/O, no timers. Throws `TracingError` `BAD_OPTION` where an option or a
   * variable cannot be used. `env` stands for `process.env` in tests.
   */
  constructor(options: TracingOptions = {}, env: NodeJS.ProcessEnv = process.env) {
    const settings = settingsOf(options, env);
    this.settings = settings;
    const reporter = new ErrorReporter(settings.onProblem);
    this.reporter = reporter;
    const onError = (what: string, error: unknown) => {
      reporter.report('HOST_CODE', error === null ? what : `${what}: ${String(error)}`);
    };
    this.env = env;
    const { google } = settings;
    this.credentials =
      google === null
        ? null
        : new GoogleCredentials({ auth: google.auth, timeoutMs: settings.exportTimeoutMs });
    this.projectId = settings.projectId;
    const transport = transportOf(settings, this.credentials, () => this.projectId);
    this.outbox = new Outbox(transport, this.counters, reporter, settings.outbox);
    this.encoder = new BatchEncoder({
      resource: encodeResource(settings.resourceAttributes),
      maxBatchBytes: settings.maxBatchBytes,
      onBatch: (batch) => this.outbox.add(batch),
      onBadSpan: (error) => {
        this.counters.spansDroppedEncoding++;
        reporter.report('BAD_SPAN', `a span could not be encoded: ${String(error)}`);
      },
    });
    this.queue = new SpanQueue(this.encoder, settings.queue);
    this.sink = settings.sink ?? this.queue;
    this.outcome =
      settings.outcomeSampling === null
        ? null
        : new OutcomeSampling(
            settings.outcomeSampling,
            (span) => this.sink.add(span),
            (count) => {
              this.counters.spansSampledOut += count;
              this.decidedAgainst += count;
            },
          );
    this.core = this.makeCore(onError);
    this.tracer = this.core.provider.getTracer(SCOPE, VERSION);
    // Kept from before any instrumentation of fetch, so that reading traces is plain.
    this.reader =
      settings.traceSource === 'cloud-trace'
        ? new LazyCloudTraceReader(settings, globalThis.fetch)
        : new MonitoringApi(settings.apiUrl, settings.apiToken, globalThis.fetch);
  }

  private makeCore(onError: TracingCore['onError']): TracingCore & { running: boolean } {
    const { sampler, limits, propagator, instrumentClients, flushBeforeResponseMs, clientSpansNeedParent } =
      this.settings;
    const core = {
      propagator: new Propagator(propagator),
      running: false,
      flushBeforeResponse: flushBeforeResponseMs === null ? null : () => this.flush(flushBeforeResponseMs),
      instrumentsClients: instrumentClients,
      clientSpansNeedParent,
      onError,
    } as TracingCore & { running: boolean; provider: SdkTracerProvider; httpTracer: SdkTracer };
    core.provider = new SdkTracerProvider(core, {
      sampler,
      limits,
      metrics: this.counters,
      sink: this.outcome ?? this.sink,
    });
    core.httpTracer = core.provider.getTracer(`${SCOPE}/http`, VERSION);
    return core;
  }

  /**
   * Registers the tracer with the OpenTelemetry API and begins to trace, before it returns; what is waited for is
   * Google's resource, half a second at most. Twice is once; a service that was stopped stays stopped.
   */
  start(): Promise<void> {
    this.starting ??= this.begin();
    return this.starting;
  }

  private async begin(): Promise<void> {
    if (!this.settings.enabled) return;
    this.core.running = true;
    register(this.core);
    this.useInstrumentations(this.settings.instrumentations);
    const { spill } = this.settings;
    if (spill !== null) {
      this.outbox.spillTo(SpillDirectory.open({ ...spill, onError: this.core.onError }));
    }
    if (this.settings.instrumentClients) this.undo.push(instrumentGrpcClients(this.core));
    if (this.settings.flushOnExit) {
      this.undo.push(
        flushOnExit(
          () => this.flush(),
          () => this.leave(),
        ),
      );
    }
    await this.detectResource();
  }

  /** Those that are there before the program: they may still patch its ES modules. */
  private useInstrumentations(instrumentations: readonly InstrumentationLike[]): void {
    try {
      hookEsModules(instrumentations);
    } catch (error) {
      this.core.onError('hooking ES modules', error);
    }
    this.registerInstrumentations(instrumentations);
  }

  /** What Google Cloud's metadata server adds to the resource; waited for a little, applied whenever it comes. */
  private async detectResource(): Promise<void> {
    const { settings, credentials, env } = this;
    if (credentials === null) return;
    const detecting = this.withoutTracing(() => runningResource(settings, credentials, env)).then((found) => {
      this.projectId = String(found['gcp.project_id'] ?? settings.projectId);
      this.encoder.setResource(encodeResource(found));
    });
    await Promise.race([detecting, setTimeout(DETECTION_MS, undefined, { ref: false })]);
  }

  /**
   * Sends what has ended, waits until it has arrived (at most `stopTimeoutMs`), and lets go of everything. Spans that
   * have not ended by then are not sent; how many is reported as `NEVER_ENDED`. Never rejects.
   */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    if (this.core.running) unregister(this.core);
    this.core.running = false;
    for (const undo of this.undo.splice(0)) undo();
    this.outcome?.flush();
    await this.flush();
    this.queue.close();
    this.outbox.close();
    this.reportOpenSpans();
  }

  /** The process is going and waits for nothing: what can be kept is on disk (`spillDir`) for the next start. */
  private leave(): void {
    this.queue.flush();
    this.outbox.close();
  }

  private reportOpenSpans(): void {
    const count = this.openSpans();
    if (count === 0) return;
    const were = count === 1 ? '1 span was' : `${count} spans were`;
    this.reporter.report('NEVER_ENDED', `${were} started and had not ended at stop(), so not sent`);
  }

  /** By difference, so that starting and ending a span costs nothing more. */
  private openSpans(): number {
    const { spansStarted, spansEnded, spansSampledOut } = this.counters;
    return spansStarted - spansEnded - (spansSampledOut - this.decidedAgainst);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Resolves true when every span that has ended is with the collector, false when it takes too long. */
  async flush(timeoutMs: number = this.settings.stopTimeoutMs): Promise<boolean> {
    this.queue.flush();
    return this.outbox.drain(timeoutMs);
  }

  /** A tracer of OpenTelemetry's API; the same as `trace.getTracer` gives after `start()`. */
  getTracer(name: string, version?: string): Tracer {
    return this.core.provider.getTracer(name, version);
  }

  /** Traces every request of a Fastify application. Call it before `ready()`. */
  instrumentFastify(app: FastifyLike): void {
    instrumentFastify(app, this.core);
  }

  /**
   * Traces every request of every `node:http` server of the process, whatever framework runs on it, until what
   * it returns is called. Fastify and Express on top of it get their route names.
   */
  instrumentHttp(options?: HttpServerOptions): () => void {
    return instrumentNodeHttpServer(this.core, options);
  }

  /**
   * Traces the calls that gRPC servers (@grpc/grpc-js) answer, for servers that begin to serve afterwards. Calls
   * of clients are traced without it, as `fetch` is.
   */
  instrumentGrpc(options?: GrpcServerOptions): void {
    this.undo.push(instrumentGrpcServers(this.core, options));
  }

  /** For Express and Connect: `app.use(tracing.expressMiddleware())`, before everything else. */
  expressMiddleware(): Middleware {
    return expressMiddleware(this.core);
  }

  /** Records what Express handlers threw: `app.use(tracing.expressErrorMiddleware())`, after all routes. */
  expressErrorMiddleware(): ErrorMiddleware {
    return expressErrorMiddleware();
  }

  /** For Hono: `app.use(tracing.honoMiddleware())`. */
  honoMiddleware(): HonoMiddleware {
    return honoMiddleware(this.core);
  }

  /** Takes instrumentations of OpenTelemetry (pg, redis, kafkajs...) and gives them this tracer. */
  registerInstrumentations(instrumentations: readonly InstrumentationLike[]): void {
    const early: string[] = [];
    for (const instrumentation of instrumentations) {
      try {
        instrumentation.setTracerProvider(this.core.provider);
        instrumentation.enable();
        early.push(...loadedTooEarly(instrumentation));
      } catch (error) {
        this.core.onError('enabling an instrumentation', error);
      }
    }
    if (early.length === 0) return;
    const names = early.join(', ');
    this.reporter.report('LOADED_TOO_EARLY', `loaded before its instrumentation, so not traced: ${names}`);
  }

  /**
   * Traces a function or method: `traceRequest('name')(fn)`, `@traceRequest()`. Sync, async and generator
   * functions; the span is named after the function unless a name is given.
   */
  traceRequest(spanName?: string): TraceDecorator {
    return traceDecorator((name) => this.startSpan(name), spanName);
  }

  private startSpan(name: string): Span | null {
    const context = currentContext();
    if (!this.core.running || context.getValue(SUPPRESS_TRACING_KEY) === true) return null;
    return this.tracer.begin(name, SpanKind.INTERNAL, context);
  }

  /** The span that is active here, if any. */
  activeSpan(): Span | undefined {
    return currentContext().getValue(SPAN_KEY) as Span | undefined;
  }

  /** Sets attributes of the active span; nothing without one. */
  addSpanAttributes(attributes: Attributes): void {
    this.activeSpan()?.setAttributes(attributes);
  }

  /** Adds an event to the active span; nothing without one. */
  addSpanEvent(name: string, attributes: Attributes = {}): void {
    this.activeSpan()?.addEvent(name, attributes);
  }

  /** 32 hex digits; null outside of spans. */
  getCurrentTraceId(): string | null {
    return this.activeSpan()?.spanContext().traceId ?? null;
  }

  /** 16 hex digits; null outside of spans. */
  getCurrentSpanId(): string | null {
    return this.activeSpan()?.spanContext().spanId ?? null;
  }

  /** Fields for log lines: pino's `mixin: () => tracing.logFields()`. */
  logFields(): LogFields | Record<string, never> {
    return logFields();
  }

  /** Runs `fn` without spans: for work that tracing itself depends on. */
  withoutTracing<T>(fn: () => T): T {
    return activeContext.run(SUPPRESSED, fn);
  }

  /**
   * A trace with all its spans, by its 32 hex digits, from the monitoring API (`apiUrl`). Throws `TracingError`:
   * `TRACE_NOT_FOUND` where there is none, `READ_REFUSED`, `READ_FAILED`, `BAD_OPTION`.
   */
  getTrace(traceId: string): Promise<TraceData> {
    return this.withoutTracing(() => this.reader.getTrace(traceId));
  }

  /** A page of traces in a time range; `nextPageToken` on it leads on. Throws as `getTrace` does. */
  listTraces(options: ListTracesOptions): Promise<TraceList> {
    return this.withoutTracing(() => this.reader.listTraces(options));
  }

  /** The tracer's own counters, since it was made, and what waits now. */
  metrics(): TracingMetrics {
    return { ...this.counters, openSpans: this.openSpans(), queuedBytes: this.outbox.queuedBytes };
  }
}
