import type { Attributes, TracerProvider } from '@opentelemetry/api';
import type { Compression } from '../export/compress.ts';
import type { Report } from '../export/error-reporter.ts';
import type { HeaderSource } from '../export/otlp-http-transport.ts';
import type { Transport } from '../export/send-result.ts';
import type { GoogleOptions } from '../google/google-settings.ts';
import type { PropagationFormat } from '../propagation/propagator.ts';
import type { OutcomeSamplingOptions } from '../sampling/outcome.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { SpanLimits } from '../tracer/span-limits.ts';
import type { SpanSink } from '../tracer/span-pipeline.ts';
import type { Protocol } from './endpoint.ts';

/** A bearer token, or a function that is asked for one before each request. */
export type TokenSource = string | (() => string | Promise<string>);

/** As much of an OpenTelemetry instrumentation as is used. */
export interface InstrumentationLike {
  setTracerProvider(provider: TracerProvider): void;
  enable(): void;
}

/** Options of `TracingService`. What is left out comes from the environment, then from the defaults. */
export interface TracingOptions {
  /** The Google Cloud project (`gcp.project_id`). `GCP_PROJECT_ID`, `GOOGLE_CLOUD_PROJECT`; `utxoiq-local`. */
  readonly projectId?: string;
  /** `OTEL_SERVICE_NAME`; `unknown_service:node`. */
  readonly serviceName?: string;
  /** `service.version`; none. */
  readonly serviceVersion?: string;
  /** Added to `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes?: Attributes;
  /**
   * Base URL of the collector; `/v1/traces` is added. `OTEL_EXPORTER_OTLP_ENDPOINT`,
   * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` (whole); `http://127.0.0.1:4318`.
   */
  readonly endpoint?: string;
  /** `OTEL_EXPORTER_OTLP_PROTOCOL`; `http/protobuf`. `grpc` needs @grpc/grpc-js; its endpoint's default is port 4317. */
  readonly protocol?: Protocol;
  /** `OTEL_EXPORTER_OTLP_HEADERS`. A function is asked before each request. */
  readonly headers?: HeaderSource;
  /**
   * `OTEL_EXPORTER_OTLP_COMPRESSION`; none. Pays where the network costs, in threads beside the program. `zstd` is
   * cheaper and packs better than `gzip`, where the receiver takes it; not over gRPC.
   */
  readonly compression?: Compression;
  /**
   * Spans go to Google's Telemetry API, with Application Default Credentials (google-auth-library) and the detected
   * resource; by itself so where the endpoint is `telemetry.googleapis.com` and nothing authorises requests.
   */
  readonly google?: boolean | GoogleOptions;
  /** Another way out than OTLP. */
  readonly transport?: Transport;
  /** `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`; parent-based, always on at the root. */
  readonly sampler?: Sampler;
  /** Keep errors, slow requests and a share of the rest, decided when they have ended; off. */
  readonly outcomeSampling?: OutcomeSamplingOptions;
  /** `OTEL_PROPAGATORS`; tracecontext, cloud-trace, baggage. */
  readonly propagators?: readonly PropagationFormat[];
  /** A header that keeps the caller's `traceparent` past front ends that rewrite it; see docs/sdk/cloud-run.md. */
  readonly parentHeader?: string;
  /** `OTEL_SPAN_*_LIMIT`, `OTEL_*_ATTRIBUTE_COUNT_LIMIT`. */
  readonly limits?: Partial<SpanLimits>;
  /** Ended spans leave at least this often. `OTEL_BSP_SCHEDULE_DELAY`; 250 ms. */
  readonly flushIntervalMs?: number;
  /** Bytes of encoded spans that may wait for the collector; 128 MiB. */
  readonly maxQueueBytes?: number;
  /**
   * A directory where spans wait while the collector is away or memory is full, and which a restart takes over;
   * none. `UTXOIQ_TRACING_SPILL_DIR`.
   */
  readonly spillDir?: string;
  /** Bytes in it; 512 MiB. */
  readonly maxSpillBytes?: number;
  /** Bytes of one request; 1 MiB. */
  readonly maxBatchBytes?: number;
  /** Requests to the collector at a time; 4. */
  readonly maxInFlight?: number;
  /** How long one request may take. `OTEL_EXPORTER_OTLP_TIMEOUT`; 10 s. */
  readonly exportTimeoutMs?: number;
  /** How long `stop()` may take to send what is left; 10 s. */
  readonly stopTimeoutMs?: number;
  /** Instrumentations of OpenTelemetry (pg, redis, kafkajs...): `start()` gives them this tracer. */
  readonly instrumentations?: readonly InstrumentationLike[];
  /** Outgoing `fetch` and `node:http` requests get client spans; true. */
  readonly instrumentClients?: boolean;
  /**
   * Outgoing requests outside of any span stay untraced; false. For a program whose background work (a loader, a
   * poller) would otherwise make a trace of one span per request.
   */
  readonly clientSpansNeedParent?: boolean;
  /**
   * For platforms that take the CPU away after the response (Cloud Run with request-based billing, Cloud
   * Functions): a response ends only when its spans have been sent, or after this many milliseconds; off.
   */
  readonly flushBeforeResponseMs?: number;
  /** Flush on SIGTERM, SIGINT and before the process runs empty; true. */
  readonly flushOnExit?: boolean;
  /** Takes ended spans instead of the exporter: for tests (`@utxoiq/tracing/testing`). */
  readonly sink?: SpanSink;
  /** The monitoring API for `getTrace` and `listTraces`. `UTXOIQ_TRACING_API_URL`; `http://127.0.0.1:8080`. */
  readonly apiUrl?: string;
  /** Its bearer token. `UTXOIQ_TRACING_TOKEN`. */
  readonly apiToken?: TokenSource;
  /** False: nothing is traced, everything runs. `OTEL_SDK_DISABLED`. */
  readonly enabled?: boolean;
  /** Told of the first failure of each kind; a process warning by default. */
  readonly onProblem?: Report;
}
