import type { Settings } from '../config/settings.ts';
import { OtlpGrpcTransport } from '../grpc/otlp-grpc-transport.ts';
import { OtlpHttpTransport } from './otlp-http-transport.ts';
import type { Transport } from './send-result.ts';

/** The way to the collector that was configured. */
export function transportOf(settings: Settings): Transport {
  if (settings.transport !== null) return settings.transport;
  const { tracesUrl: url, headers, compression, tls, exportTimeoutMs: timeoutMs } = settings;
  const common = { url, headers, compression, tls, timeoutMs };
  return settings.protocol === 'grpc'
    ? new OtlpGrpcTransport(common)
    : new OtlpHttpTransport({ ...common, maxConnections: settings.outbox.maxInFlight });
}
