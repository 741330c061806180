import { fileURLToPath } from 'node:url';
import { ConfigError, type Environment, OptionReader } from '@utxoiq/service-runner';
import { type AlertsConfig, readAlerts } from './alerts/alerts-config.ts';
import { type AuthConfig, readAuth } from './auth/auth-config.ts';
import { given } from './given.ts';
import { isLoopback } from './http/loopback.ts';

/** Everything this program can be told from outside; docs/api.md has a line for each. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly otlpHttpPort: number;
  readonly grpcPort: number;
  readonly dataDir: string;
  readonly projectId: string;
  readonly logLevel: string;
  /** Null: nothing is stored here, everything is read from Google. */
  readonly clickhouse: ClickhouseConfig | null;
  readonly traceSource: 'store' | 'cloud-trace';
  readonly cloudTrace: CloudTraceConfig;
  /** Where the SDK sends this program's own spans; absent: to its own collector. */
  readonly otlpEndpoint?: string;
  readonly auth: AuthConfig;
  readonly alerts: AlertsConfig;
  /** Bound of the write-ahead log: by the rate of ingest, how long the store may be away. */
  readonly maxLogBytes: number;
  readonly http: HttpConfig;
  readonly featureEngineUrl: string;
  readonly insightGeneratorUrl: string;
  readonly viewerDir: string;
}

export interface ClickhouseConfig {
  readonly url: string;
  readonly database?: string;
  readonly username?: string;
  readonly password?: string;
  readonly cluster?: string;
}

export interface CloudTraceConfig {
  /** What is cut: as Google's servers do by now, or as its documents say. */
  readonly profile: 'backend' | 'documented';
  /** `method:` and `url:` mean Cloud Trace's own labels only. */
  readonly strictHttpNames: boolean;
  /** Count and refuse like Google's quotas. */
  readonly quotas: boolean;
  /** Where to read from with `TRACE_SOURCE=cloud-trace`, if not from Google's public address. */
  readonly endpoint?: string;
}

export interface HttpConfig {
  /** How browsers reach this API; without it, the address of the request. */
  readonly publicUrl?: string;
  readonly trustProxy: boolean;
  readonly corsOrigins: readonly string[];
  /** Per minute and caller. */
  readonly rateLimit: number;
  readonly bodyLimitBytes: number;
}

/** Reads and checks all options; throws {@link ConfigError} for the first that cannot be used. */
export function readConfig(environment: Environment = process.env): Config {
  const options = new OptionReader(environment);
  const host = options.text('HOST') ?? '127.0.0.1';
  const traceSource = options.choice('TRACE_SOURCE', ['store', 'cloud-trace'], 'store');
  const config: Config = {
    host,
    port: options.port('PORT', 8080),
    otlpHttpPort: options.port('OTLP_HTTP_PORT', 4318),
    grpcPort: options.port('GRPC_PORT', 4317),
    dataDir: options.text('DATA_DIR') ?? './data',
    projectId: readProjectId(options),
    logLevel: options.logLevel(),
    clickhouse: readClickhouse(options, { isNeeded: traceSource === 'store' }),
    traceSource,
    cloudTrace: {
      profile: options.choice('CLOUD_TRACE_LIMITS', ['backend', 'documented'], 'backend'),
      strictHttpNames: options.flag('CLOUD_TRACE_STRICT_NAMES'),
      quotas: options.flag('CLOUD_TRACE_QUOTAS'),
      ...given({ endpoint: options.url('CLOUD_TRACE_ENDPOINT') }),
    },
    ...given({
      otlpEndpoint:
        options.text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? options.text('OTEL_EXPORTER_OTLP_ENDPOINT'),
    }),
    auth: readAuth(options),
    alerts: readAlerts(options),
    http: readHttp(options),
    maxLogBytes: options.integer('MAX_LOG_BYTES', 1_073_741_824, { min: 67_108_864, max: 1_099_511_627_776 }),
    featureEngineUrl: options.url('FEATURE_ENGINE_URL') ?? 'http://127.0.0.1:8081',
    insightGeneratorUrl: options.url('INSIGHT_GENERATOR_URL') ?? 'http://127.0.0.1:8082',
    viewerDir:
      options.text('VIEWER_DIR') ?? fileURLToPath(new URL('../../../packages/viewer/dist', import.meta.url)),
  };
  if (!isLoopback(host) && config.auth.oidc === null) {
    throw new ConfigError(
      'HOST',
      'a loopback address, or AUTH_ISSUER and AUTH_AUDIENCE beside it (other machines need a real issuer)',
      host,
    );
  }
  return Object.freeze(config);
}

function readProjectId(options: OptionReader): string {
  const id = options.text('GCP_PROJECT_ID') ?? 'utxoiq-local';
  if (/^[a-z][a-z0-9:.-]{1,98}[a-z0-9]$/.test(id)) return id;
  throw new ConfigError(
    'GCP_PROJECT_ID',
    'a Google Cloud project id (lower-case letters, digits, hyphens)',
    id,
  );
}

function readClickhouse(options: OptionReader, { isNeeded }: { isNeeded: boolean }): ClickhouseConfig | null {
  const url = options.text('CLICKHOUSE_URL');
  if (url === undefined) {
    if (!isNeeded) return null;
    throw new ConfigError('CLICKHOUSE_URL', 'the URL of a ClickHouse server (npm start brings its own)', url);
  }
  if (!url.split(',').every((one) => /^https?:/.test(one.trim()) && URL.canParse(one.trim()))) {
    const shown = url.replaceAll(/\/\/[^/@,]*@/g, '//'); // Without a password.
    throw new ConfigError('CLICKHOUSE_URL', 'http or https URLs, with commas between several', shown);
  }
  return {
    url,
    ...given({
      database: options.text('CLICKHOUSE_DATABASE'),
      username: options.text('CLICKHOUSE_USER'),
      password: options.text('CLICKHOUSE_PASSWORD'),
      cluster: options.text('CLICKHOUSE_CLUSTER'),
    }),
  };
}

function readHttp(options: OptionReader): HttpConfig {
  return {
    ...given({ publicUrl: options.url('PUBLIC_URL') }),
    trustProxy: options.flag('TRUST_PROXY'),
    corsOrigins: options.list('CORS_ORIGINS'),
    rateLimit: options.integer('RATE_LIMIT', 6000, { min: 1, max: 1_000_000 }),
    bodyLimitBytes: options.integer('BODY_LIMIT_BYTES', 1_048_576, { min: 1024, max: 1_073_741_824 }),
  };
}
