import { setTimeout as delay } from 'node:timers/promises';
import type { TracingService } from '@utxoiq/tracing';
import type { FastifyInstance } from 'fastify';
import { computeFeatures, type Features } from './features.ts';
import { estimateHeight, makeSnapshot, type Snapshot } from './snapshot.ts';

const Query = {
  type: 'object',
  additionalProperties: false,
  properties: {
    height: { type: 'integer', minimum: 0, maximum: 10_000_000 },
    slow: { type: 'string', enum: ['1'] },
    fail: { type: 'string', enum: ['1'] },
  },
} as const;

const slowMs = 700;

/** `GET /features`: features of a block's mempool; `slow=1` reads it from the archive, `fail=1` finds it broken. */
export function routes(app: FastifyInstance, tracing: TracingService): void {
  const readArchive = tracing.traceRequest('read archive')(async (): Promise<void> => {
    tracing.addSpanEvent('cache_miss', { 'archive.tier': 'cold' });
    await delay(slowMs);
  });

  const loadSnapshot = tracing.traceRequest('load snapshot')(
    async (height: number, { slow, fail }: { slow: boolean; fail: boolean }): Promise<Snapshot> => {
      tracing.addSpanAttributes({ 'block.height': height });
      if (slow) await readArchive();
      if (fail) throw new Error(`snapshot ${height} is damaged: its checksum does not match`);
      return makeSnapshot(height);
    },
  );

  const compute = tracing.traceRequest('compute features')((snapshot: Snapshot): Features => {
    const features = computeFeatures(snapshot);
    tracing.addSpanAttributes({
      'features.transaction_count': features.transactionCount,
      'features.fee_rate.p50': features.feeRate.p50,
    });
    return features;
  });

  app.get<{ Querystring: { height?: number; slow?: '1'; fail?: '1' } }>(
    '/features',
    { schema: { querystring: Query } },
    async ({ query }) => {
      const height = query.height ?? estimateHeight(Date.now());
      return compute(await loadSnapshot(height, { slow: query.slow === '1', fail: query.fail === '1' }));
    },
  );
}
