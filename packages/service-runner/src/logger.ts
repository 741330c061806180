import { type Logger, pino } from 'pino';

export type { Logger };

const severities: Record<string, string> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/**
 * JSON lines as Cloud Logging reads them (cloud.google.com/logging/docs/structured-logging): severity, message,
 * time, and the trace and span that a line belongs to.
 */
export function createLogger(options: {
  readonly level: string;
  readonly service: string;
  /** Fields of the active span: `tracing.logFields`. */
  readonly traceFields: () => object;
  readonly destination?: { write(line: string): void };
}): Logger {
  return pino(
    {
      level: options.level,
      base: { serviceContext: { service: options.service } },
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }) },
      mixin: () => ({ ...options.traceFields() }),
      redact: ['req.headers.authorization', 'req.headers.cookie'],
    },
    ...(options.destination === undefined ? [] : [options.destination]),
  );
}
