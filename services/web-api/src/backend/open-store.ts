import { setTimeout as sleep } from 'node:timers/promises';
import { type StoreOptions, TraceStore } from '@utxoiq/store';

export interface OpenStoreOptions {
  /** After this the start fails; 30 s. A crashed embedded engine is back in about two. */
  readonly giveUpAfterMs?: number;
  readonly say: (line: string) => void;
  readonly open?: typeof TraceStore.open;
}

const firstWaitMs = 250;
const longestWaitMs = 5000;

/** Opens the store; while its server does not answer (it starts, or restarts), tries again for a bounded time. */
export async function openStore(store: StoreOptions, options: OpenStoreOptions): Promise<TraceStore> {
  const { giveUpAfterMs = 30_000, say, open = TraceStore.open } = options;
  const startedAt = Date.now();
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await open(store);
    } catch (error) {
      const waited = Date.now() - startedAt;
      if (codeOf(error) !== 'UNREACHABLE' || waited + waitMs > giveUpAfterMs) throw error;
      if (waitMs === firstWaitMs) {
        const seconds = Math.round(giveUpAfterMs / 1000);
        say(
          `ClickHouse at ${withoutSecrets(store.url)} does not answer yet; trying again for up to ${seconds} s`,
        );
      }
    }
    await sleep(waitMs);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

function withoutSecrets(urls: string): string {
  return urls.replaceAll(/\/\/[^/@,]*@/g, '//');
}
