import { TracingError } from '../tracing-error.ts';
import { type Environment, flag, text } from './environment.ts';
import type { TracingOptions } from './options.ts';

export type Protocol = 'http/protobuf' | 'grpc';

export const DEFAULT_HTTP_ENDPOINT = 'http://127.0.0.1:4318';
const DEFAULT_GRPC_ENDPOINT = 'http://127.0.0.1:4317';

export interface Endpoint {
  readonly protocol: Protocol;
  /** Whole for HTTP, `/v1/traces` included; scheme, host and port for gRPC. */
  readonly tracesUrl: string;
}

/** Where spans go: options, then `OTEL_EXPORTER_OTLP_TRACES_*`, then `OTEL_EXPORTER_OTLP_*`. */
export function endpointOf(options: TracingOptions, env: Environment): Endpoint {
  const protocol = protocolOf(options, env);
  const own = options.endpoint === undefined ? text(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') : undefined;
  const base = options.endpoint ?? text(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (protocol === 'grpc') {
    return { protocol, tracesUrl: grpcUrl(own ?? base ?? DEFAULT_GRPC_ENDPOINT, env) };
  }
  if (own !== undefined) return { protocol, tracesUrl: urlOf('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', own) };
  const root = urlOf('endpoint', base ?? DEFAULT_HTTP_ENDPOINT).replace(/\/+$/, '');
  return { protocol, tracesUrl: `${root}/v1/traces` };
}

function protocolOf(options: TracingOptions, env: Environment): Protocol {
  const name =
    options.protocol ??
    text(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ??
    text(env, 'OTEL_EXPORTER_OTLP_PROTOCOL') ??
    'http/protobuf';
  if (name === 'grpc' || name === 'http/protobuf') return name;
  // Whoever takes OTLP/JSON takes protobuf at the same place.
  if (name === 'http/json') return 'http/protobuf';
  throw new TracingError(
    'BAD_OPTION',
    `protocol (OTEL_EXPORTER_OTLP_PROTOCOL) must be http/protobuf or grpc, got ${JSON.stringify(name)}`,
  );
}

/** gRPC's endpoints may come without a scheme: then `OTEL_EXPORTER_OTLP_INSECURE` tells. */
function grpcUrl(endpoint: string, env: Environment): string {
  const insecure =
    flag(env, 'OTEL_EXPORTER_OTLP_TRACES_INSECURE') || flag(env, 'OTEL_EXPORTER_OTLP_INSECURE');
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint)
    ? endpoint
    : `${insecure ? 'http' : 'https'}://${endpoint}`;
  return urlOf('endpoint', whole);
}

export function urlOf(name: string, value: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw new TracingError('BAD_OPTION', `${name} must be an http or https URL, got ${JSON.stringify(value)}`);
}
