import { recordSpans } from '@utxoiq/tracing/testing';
import { expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { serviceApp } from './run-service.ts';

it('traces the routes of a service, its log lines with them, and not its health checks', async () => {
  const { tracing, spans } = recordSpans();
  await tracing.start();
  const lines: unknown[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const traceFields = () => tracing.logFields();
  const app = serviceApp({
    logger: createLogger({ level: 'info', service: 'sums', traceFields, destination }),
    tracing,
    routes: (routes) => {
      routes.get('/sum', async (request) => {
        request.log.info('adding');
        return { sum: 3 };
      });
    },
  });
  for (const path of ['/healthz', '/readyz']) expect((await app.inject(path)).statusCode).toBe(200);
  expect((await app.inject('/sum')).json()).toEqual({ sum: 3 });
  const { traceId, spanId } = await spans.waitFor('GET /sum');
  expect(spans.findAll(() => true)).toHaveLength(1);
  expect(lines).toMatchObject([{ message: 'adding', trace_id: traceId, span_id: spanId }]);
  await app.close();
  await tracing.stop();
});
