import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function recordingLogger(traceFields: () => object = () => ({})) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, logger: createLogger({ level: 'info', service: 'web-api', traceFields, destination }) };
}

describe('the log', () => {
  it('has Cloud Logging’s form, with the trace and span a line belongs to', () => {
    const { lines, logger } = recordingLogger(() => ({
      trace_id: 't',
      span_id: 's',
      'logging.googleapis.com/trace': 't',
      'logging.googleapis.com/spanId': 's',
    }));
    logger.warn({ attempt: 2 }, 'try again');
    logger.error({ err: new Error('broken') }, 'failed');
    expect(lines[0]).toEqual({
      severity: 'WARNING',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      serviceContext: { service: 'web-api' },
      trace_id: 't',
      span_id: 's',
      'logging.googleapis.com/trace': 't',
      'logging.googleapis.com/spanId': 's',
      attempt: 2,
      message: 'try again',
    });
    expect(lines[1]).toMatchObject({ severity: 'ERROR', message: 'failed' });
    expect(JSON.stringify(lines[1])).toContain('broken');
  });
});
