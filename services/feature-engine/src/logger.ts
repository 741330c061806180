import type { TracingService } from '@utxoiq/tracing';
import { type Logger, pino } from 'pino';

const severities: Record<string, string> = {
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** JSON lines as Cloud Logging reads them, with the trace and span that a line belongs to. */
export function createLogger(service: string, logLevel: string, tracing: TracingService): Logger {
  return pino({
    level: logLevel,
    base: { serviceContext: { service } },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ severity: severities[label] ?? 'DEBUG' }) },
    mixin: () => ({ ...tracing.logFields() }),
  });
}
