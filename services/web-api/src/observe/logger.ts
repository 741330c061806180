import { type Logger, pino } from 'pino';

export interface LogContext {
  traceId(): string | null;
  spanId(): string | null;
}

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
  readonly projectId: string;
  readonly service: string;
  readonly context: LogContext;
  readonly destination?: { write(line: string): void };
}): Logger {
  const { context, projectId } = options;
  return pino(
    {
      level: options.level,
      base: { serviceContext: { service: options.service } },
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }) },
      mixin: () => traceFields(projectId, context),
      redact: ['req.headers.authorization', 'req.headers.cookie'],
    },
    ...(options.destination === undefined ? [] : [options.destination]),
  );
}

function traceFields(projectId: string, context: LogContext): Record<string, unknown> {
  const traceId = context.traceId();
  if (traceId === null) return {};
  const spanId = context.spanId();
  return {
    trace_id: traceId,
    span_id: spanId,
    'logging.googleapis.com/trace': `projects/${projectId}/traces/${traceId}`,
    'logging.googleapis.com/spanId': spanId,
  };
}
