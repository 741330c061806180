import { StoreError } from '@utxoiq/store';
import type { SetAsideBlocks } from '../log/set-aside-blocks.ts';
import type { CollectorLogger } from '../logger.ts';
import { untilDone } from './back-off.ts';
import type { SpanStore } from './block-inserter.ts';
import { readSetAsideBlock } from './set-aside-block.ts';

/**
 * So often a block is tried at a start, the store being there: what it fails with may be its own doing, such as more time
 * or memory than there is, or the end of the engine.
 */
const MAX_TRIES = 3;

export interface SetAsideRetryOptions {
  readonly setAside: SetAsideBlocks;
  readonly store: SpanStore;
  readonly logger: CollectorLogger;
  readonly signal: AbortSignal;
  readonly onStored: (spans: number) => void;
}

/**
 * Gives the blocks that were set aside in an earlier run to the store once more: a newer version of either may take them.
 * What it does not take stays where it is, for the next start or the operator.
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
      logger.warn({ err, token }, 'a block stays set aside: npm run store -- set-aside tells what to do');
    }
  }
}

/** The number of spans, or null if it was aborted. @throws why the store does not take the block */
async function store(token: string, options: SetAsideRetryOptions): Promise<number | null> {
  const { setAside, signal, logger } = options;
  const block = await readSetAsideBlock(setAside, token);
  let tries = 0;
  let failure: unknown = null;
  const attempt = async (): Promise<void> => {
    await options.store.ping(signal); // A store that is away says nothing about the block.
    tries++;
    try {
      await options.store.insertBlock(block, { token, signal });
    } catch (error) {
      const isRefused = error instanceof StoreError && error.code === 'INSERT_REFUSED';
      if (!isRefused && tries < MAX_TRIES) throw error;
      failure = error;
    }
  };
  const onFailure = (err: unknown, failures: number) => {
    if (failures === 1) logger.warn({ err, token }, 'a block that was set aside waits for the store');
  };
  const outcome = await untilDone(attempt, { signal, onFailure });
  if (failure !== null && !signal.aborted) throw failure;
  return outcome === 'done' && failure === null ? block.rows : null;
}
