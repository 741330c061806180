import type { Settings } from '../config/settings.ts';
import type { GoogleCredentials } from '../google/credentials.ts';
import { GoogleTransport } from '../google/google-transport.ts';
import { OtlpGrpcTransport } from '../grpc/otlp-grpc-transport.ts';
import { type HeaderSource, OtlpHttpTransport } from './otlp-http-transport.ts';
import type { Transport } from './send-result.ts';

/** The way to the collector that was configured. */
export function transportOf(
  settings: Settings,
  credentials: GoogleCredentials | null,
  projectId: () => string,
): Transport {
  if (settings.transport !== null) return settings.transport;
  const connect = (url: string, headers: HeaderSource) => otlpTransport(settings, url, headers);
  const { google, headers, tracesUrl, protocol } = settings;
  if (google === null || credentials === null) return connect(tracesUrl, headers);
  const path = protocol === 'grpc' ? '' : '/v1/traces';
  return new GoogleTransport({ credentials, url: google.url, headers, path, connect, projectId });
}

function otlpTransport(settings: Settings, url: string, headers: HeaderSource): Transport {
  const { compression, tls, exportTimeoutMs: timeoutMs } = settings;
  const common = { url, headers, compression, tls, timeoutMs };
  return settings.protocol === 'grpc'
    ? new OtlpGrpcTransport(common)
    : new OtlpHttpTransport({ ...common, maxConnections: settings.outbox.maxInFlight });
}
