import type { Attributes } from '@opentelemetry/api';
import { COMPRESSIONS, type Compression } from '../export/compress.ts';
import type { Report } from '../export/error-reporter.ts';
import type { HeaderSource } from '../export/otlp-http-transport.ts';
import { DEFAULT_OUTBOX_OPTIONS, type OutboxOptions } from '../export/outbox.ts';
import type { Transport } from '../export/send-result.ts';
import { DEFAULT_SPAN_QUEUE_OPTIONS, type SpanQueueOptions } from '../export/span-queue.ts';
import { type TlsFiles, tlsFilesOf } from '../export/tls-files.ts';
import { type GoogleSettings, googleOf } from '../google/google-settings.ts';
import type { PropagatorOptions } from '../propagation/propagator.ts';
import type { OutcomeSamplingOptions } from '../sampling/outcome.ts';
import type { Sampler } from '../sampling/sampler.ts';
import { samplerOf } from '../sampling/sampler-of-environment.ts';
import type { SpanLimits } from '../tracer/span-limits.ts';
import type { SpanSink } from '../tracer/span-pipeline.ts';
import { TracingError } from '../tracing-error.ts';
import { VERSION } from '../version.ts';
import { endpointOf, type Protocol, urlOf } from './endpoint.ts';
import { count, type Environment, flag, pairs, text } from './environment.ts';
import { limitsOf } from './limits.ts';
import type { InstrumentationLike, TokenSource, TracingOptions } from './options.ts';
import { formatsOf } from './propagators.ts';

/** Everything decided: what `TracingService` runs on. */
export interface Settings {
  readonly enabled: boolean;
  readonly projectId: string;
  /** False for the project that stands in where none was named. */
  readonly projectIsKnown: boolean;
  readonly serviceName: string;
  readonly resourceAttributes: Attributes;
  readonly protocol: Protocol;
  readonly tracesUrl: string;
  readonly tls: TlsFiles;
  /** Null: no credentials of Google's. */
  readonly google: GoogleSettings | null;
  readonly headers: HeaderSource;
  readonly compression: Compression;
  readonly flushBeforeResponseMs: number | null;
  readonly transport: Transport | null;
  readonly sink: SpanSink | null;
  readonly exportTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly maxBatchBytes: number;
  readonly outbox: OutboxOptions;
  readonly spill: { readonly directory: string; readonly maxBytes: number } | null;
  readonly queue: SpanQueueOptions;
  readonly sampler: Sampler;
  readonly outcomeSampling: OutcomeSamplingOptions | null;
  readonly propagator: PropagatorOptions;
  readonly limits: SpanLimits;
  readonly instrumentations: readonly InstrumentationLike[];
  readonly instrumentClients: boolean;
  readonly clientSpansNeedParent: boolean;
  readonly flushOnExit: boolean;
  /** Where `getTrace` and `listTraces` read: the monitoring API, or Google. */
  readonly traceSource: 'api' | 'cloud-trace';
  /** Where `cloud-trace` reads, if not at Google's public address. */
  readonly cloudTraceEndpoint: string | null;
  readonly apiUrl: string;
  readonly apiToken: TokenSource | null;
  readonly onProblem: Report | undefined;
}

const DEFAULT_API_URL = 'http://127.0.0.1:8080';
const DEFAULT_PROJECT = 'utxoiq-local';
const DEFAULT_BATCH_BYTES = 1024 * 1024;
const DEFAULT_SPILL_BYTES = 512 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;

/** Partial in, complete and frozen out; throws `BAD_OPTION` with the name of what is wrong. */
export function settingsOf(options: TracingOptions, env: Environment): Settings {
  const fromEnv = pairs(env, 'OTEL_RESOURCE_ATTRIBUTES');
  const projectId =
    options.projectId ??
    text(env, 'GCP_PROJECT_ID') ??
    fromEnv['gcp.project_id'] ??
    text(env, 'GOOGLE_CLOUD_PROJECT') ??
    DEFAULT_PROJECT;
  const serviceName =
    options.serviceName ??
    text(env, 'OTEL_SERVICE_NAME') ??
    fromEnv['service.name'] ??
    text(env, 'K_SERVICE') ??
    text(env, 'CLOUD_RUN_JOB') ??
    text(env, 'CLOUD_RUN_WORKER_POOL') ??
    text(env, 'GAE_SERVICE') ??
    'unknown_service:node';
  const endpoint = endpointOf(options, env);
  const headers = options.headers ?? {
    ...pairs(env, 'OTEL_EXPORTER_OTLP_HEADERS'),
    ...pairs(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'),
  };
  return Object.freeze({
    enabled:
      (options.enabled ?? !flag(env, 'OTEL_SDK_DISABLED')) && text(env, 'OTEL_TRACES_EXPORTER') !== 'none',
    projectId: nonEmpty('projectId', projectId),
    serviceName: nonEmpty('serviceName', serviceName),
    resourceAttributes: resourceOf(options, fromEnv, serviceName, projectId),
    ...endpoint,
    google: googleOf(options, env, endpoint.tracesUrl, headers),
    projectIsKnown: projectId !== DEFAULT_PROJECT,
    tls: tlsFilesOf(env),
    headers,
    compression: compressionOf(options, env, endpoint.protocol),
    flushBeforeResponseMs:
      options.flushBeforeResponseMs === undefined
        ? null
        : positive('flushBeforeResponseMs', options.flushBeforeResponseMs),
    transport: options.transport ?? null,
    sink: options.sink ?? null,
    exportTimeoutMs: positive(
      'exportTimeoutMs',
      options.exportTimeoutMs ??
        count(env, 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT') ??
        count(env, 'OTEL_EXPORTER_OTLP_TIMEOUT') ??
        DEFAULT_TIMEOUT_MS,
    ),
    stopTimeoutMs: positive('stopTimeoutMs', options.stopTimeoutMs ?? DEFAULT_TIMEOUT_MS),
    maxBatchBytes: positive('maxBatchBytes', options.maxBatchBytes ?? DEFAULT_BATCH_BYTES),
    outbox: {
      ...DEFAULT_OUTBOX_OPTIONS,
      maxQueueBytes: positive('maxQueueBytes', options.maxQueueBytes ?? DEFAULT_OUTBOX_OPTIONS.maxQueueBytes),
      maxInFlight: positive('maxInFlight', options.maxInFlight ?? DEFAULT_OUTBOX_OPTIONS.maxInFlight),
    },
    spill: spillOf(options, env),
    queue: {
      ...DEFAULT_SPAN_QUEUE_OPTIONS,
      flushIntervalMs: positive(
        'flushIntervalMs',
        options.flushIntervalMs ?? scheduleDelayOf(env) ?? DEFAULT_SPAN_QUEUE_OPTIONS.flushIntervalMs,
      ),
    },
    sampler: options.sampler ?? samplerOf(env),
    outcomeSampling: options.outcomeSampling ?? null,
    propagator: {
      formats: options.propagators ?? formatsOf(env),
      ...(options.parentHeader !== undefined && {
        parentHeader: nonEmpty('parentHeader', options.parentHeader),
      }),
    },
    limits: limitsOf(options.limits ?? {}, env),
    instrumentations: options.instrumentations ?? [],
    instrumentClients: options.instrumentClients ?? true,
    clientSpansNeedParent: options.clientSpansNeedParent ?? false,
    flushOnExit: options.flushOnExit ?? true,
    traceSource: text(env, 'TRACE_SOURCE') === 'cloud-trace' ? 'cloud-trace' : 'api',
    cloudTraceEndpoint: text(env, 'CLOUD_TRACE_ENDPOINT') ?? null,
    apiUrl: urlOf('apiUrl', options.apiUrl ?? text(env, 'UTXOIQ_TRACING_API_URL') ?? DEFAULT_API_URL),
    apiToken: options.apiToken ?? text(env, 'UTXOIQ_TRACING_TOKEN') ?? null,
    onProblem: options.onProblem,
  });
}

function resourceOf(
  options: TracingOptions,
  fromEnv: Attributes,
  serviceName: string,
  projectId: string,
): Attributes {
  return {
    'telemetry.sdk.name': 'utxoiq-tracing',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': VERSION,
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    ...fromEnv,
    // A variable of its own wins over the list of all (specification, "General SDK Configuration").
    'service.name': serviceName,
    'gcp.project_id': projectId,
    ...(options.serviceVersion !== undefined && { 'service.version': options.serviceVersion }),
    ...options.resourceAttributes,
    // What was given by name wins over the lists.
    ...(options.serviceName !== undefined && { 'service.name': serviceName }),
    ...(options.projectId !== undefined && { 'gcp.project_id': projectId }),
  };
}

function compressionOf(options: TracingOptions, env: Environment, protocol: Protocol): Compression {
  const value =
    options.compression ??
    text(env, 'OTEL_EXPORTER_OTLP_TRACES_COMPRESSION') ??
    text(env, 'OTEL_EXPORTER_OTLP_COMPRESSION') ??
    'none';
  // @grpc/grpc-js knows gzip and deflate only.
  const possible = COMPRESSIONS.filter((known) => protocol !== 'grpc' || known !== 'zstd');
  const found = possible.find((known) => known === value);
  if (found !== undefined) return found;
  const over = `with ${protocol}, got ${JSON.stringify(value)}`;
  throw new TracingError('BAD_OPTION', `compression must be ${possible.join(' or ')} ${over}`);
}

/** The specification allows 0, at once; here that is the next millisecond. */
function scheduleDelayOf(env: Environment): number | undefined {
  const delayMs = count(env, 'OTEL_BSP_SCHEDULE_DELAY');
  return delayMs === undefined ? undefined : Math.max(delayMs, 1);
}

function spillOf(options: TracingOptions, env: Environment): Settings['spill'] {
  const directory = options.spillDir ?? text(env, 'UTXOIQ_TRACING_SPILL_DIR');
  if (directory === undefined) return null;
  return {
    directory: nonEmpty('spillDir', directory),
    maxBytes: positive('maxSpillBytes', options.maxSpillBytes ?? DEFAULT_SPILL_BYTES),
  };
}

function nonEmpty(name: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new TracingError('BAD_OPTION', `${name} must be a non-empty string, got ${JSON.stringify(value)}`);
}

function positive(name: string, value: unknown): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new TracingError('BAD_OPTION', `${name} must be a number above 0, got ${JSON.stringify(value)}`);
}
