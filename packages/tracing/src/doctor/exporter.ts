import type { Settings } from '../config/settings.ts';
import { transportOf } from '../export/transport-of-settings.ts';
import { GoogleCredentials } from '../google/credentials.ts';
import { broken, type Finding, fine } from './finding.ts';

const TIMEOUT_MS = 5000;

/** For gRPC and Google: an empty request over the very way that spans take. */
export async function tryExporter(settings: Settings): Promise<Finding> {
  const credentials =
    settings.google === null
      ? null
      : new GoogleCredentials({ auth: settings.google.auth, timeoutMs: TIMEOUT_MS });
  const transport = transportOf(settings, credentials, () => settings.projectId);
  try {
    const result = await transport.send(Buffer.alloc(0), AbortSignal.timeout(TIMEOUT_MS));
    switch (result.status) {
      case 'ok':
        return fine(`a collector answers at ${transport.endpoint}`);
      case 'refused':
        return broken(
          `${transport.endpoint} refuses: ${result.reason}`,
          result.nextStep ?? 'check endpoint, protocol and credentials',
        );
      case 'retry':
        return broken(
          `${transport.endpoint} does not answer: ${result.reason}`,
          result.nextStep ?? 'is a collector listening there? Set OTEL_EXPORTER_OTLP_ENDPOINT',
        );
    }
  } finally {
    transport.close();
  }
}
