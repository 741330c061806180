import { setTimeout as delay } from 'node:timers/promises';
import type { TracingService } from '@utxoiq/tracing';
import type { FastifyInstance } from 'fastify';
import { type Features, generateInsights, type Insight } from './insights.ts';

const count = { type: 'integer', minimum: 0 } as const;
const amount = { type: 'number', minimum: 0 } as const;
const Body = {
  type: 'object',
  required: [
    'height',
    'transactionCount',
    'inputCount',
    'outputCount',
    'valueMovedSats',
    'largeTransferCount',
    'consolidationShare',
    'feeRate',
  ],
  properties: {
    height: count,
    transactionCount: count,
    inputCount: count,
    outputCount: count,
    valueMovedSats: amount,
    largeTransferCount: count,
    consolidationShare: amount,
    feeRate: {
      type: 'object',
      required: ['p10', 'p50', 'p90'],
      properties: { p10: amount, p50: amount, p90: amount },
    },
  },
} as const;
const flag = { type: 'string', enum: ['1'] } as const;
const Query = {
  type: 'object',
  additionalProperties: false,
  properties: { slow: flag, fail: flag },
} as const;

const slowMs = 400;

/** `POST /insights`: insights from features; `slow=1` asks a model that is not warm, `fail=1` one that is gone. */
export function routes(app: FastifyInstance, tracing: TracingService): void {
  const loadModel = tracing.traceRequest('load model')(
    async (query: { slow?: '1'; fail?: '1' }): Promise<void> => {
      if (query.slow === '1') {
        tracing.addSpanEvent('model_cold_start', { 'model.name': 'rules-1' });
        await delay(slowMs);
      }
      if (query.fail === '1') throw new Error('model rules-1 is not loaded: its file is missing');
    },
  );

  const scoreFeatures = tracing.traceRequest('score insights')((features: Features): readonly Insight[] => {
    const insights = generateInsights(features);
    tracing.addSpanAttributes({
      'insights.count': insights.length,
      'insights.top': insights[0]?.signal ?? 'none',
    });
    return insights;
  });

  app.post<{ Body: Features; Querystring: { slow?: '1'; fail?: '1' } }>(
    '/insights',
    { schema: { body: Body, querystring: Query } },
    async ({ body, query }) => {
      await loadModel(query);
      return { height: body.height, generated_at: new Date().toISOString(), insights: scoreFeatures(body) };
    },
  );
}
