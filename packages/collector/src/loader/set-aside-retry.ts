import { SpanBlock, StoreError } from '@utxoiq/store';
import type { SetAsideBlocks } from '../log/set-aside-blocks.ts';
import { readSpanRecord } from '../log/span-record.ts';
import type { CollectorLogger } from '../logger.ts';
import { RequestDecoder } from '../otlp/request-decoder.ts';
import { untilDone } from './back-off.ts';
import type { SpanStore } from './block-inserter.ts';

export interface SetAsideRetryOptions {
  readonly setAside: SetAsideBlocks;
  readonly store: SpanStore;
  readonly logger: CollectorLogger;
  readonly signal: AbortSignal;
  readonly onStored: (spans: number) => void;
}

/**
 * Gives the blocks that the store refused in an earlier run to it once more: a newer version of either may take them.
 * What is refused again stays where it is.
 */
export async function retrySetAside(options: SetAsideRetryOptions): Promise<void> {
  const { setAside, logger, signal, onStored } = options;
  for (const token of await setAside.tokens()) {
    if (signal.aborted) return;
    try {
      const spans = await store(token, options);
      if (spans === null) return;
      await setAside.remove(token);
      onStored(spans);
      logger.info({ token, spans }, 'a block that had been set aside is stored');
    } catch (err) {
      logger.warn({ err, token }, 'a block stays set aside');
    }
  }
}

/** The number of spans, or null if it was aborted. @throws what the store refuses the block with */
async function store(token: string, options: SetAsideRetryOptions): Promise<number | null> {
  const { setAside, signal, logger } = options;
  const block = new SpanBlock();
  const decoder = new RequestDecoder();
  for (const bytes of await setAside.get(token)) {
    const record = readSpanRecord(bytes, 0);
    if (record === null) throw new Error('a record is of an unknown version');
    const { bodyAt, defaultProject, rejected } = record;
    const request = { bytes, start: bodyAt, end: bytes.length, defaultProject, rejected };
    decoder.decode(request, (row) => block.add(row));
  }
  let refusal: StoreError | null = null;
  const attempt = async (): Promise<void> => {
    try {
      await options.store.insertBlock(block, { token, signal });
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'INSERT_REFUSED') throw error;
      refusal = error;
    }
  };
  const onFailure = (err: unknown, failures: number) => {
    if (failures === 1) logger.warn({ err, token }, 'a block that was set aside waits for the store');
  };
  const outcome = await untilDone(attempt, { signal, onFailure });
  if (refusal !== null) throw refusal;
  return outcome === 'done' ? block.rows : null;
}
