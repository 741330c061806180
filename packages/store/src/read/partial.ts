import type { TraceSummary } from '@utxoiq/model';
import { StoreError } from '../errors.ts';
import type { PageKey } from './page-token.ts';
import type { PartialReason } from './queries.ts';

/** Traces found, in order, at most one more than a page; and why there may be more than these. */
export interface FoundTraces {
  readonly traces: readonly TraceSummary[];
  readonly partial: PartialReason;
  /** By what they were sorted, by trace id, where their summaries do not tell. */
  readonly keys?: ReadonlyMap<string, PageKey>;
}

/** Whether a failure only means that a limit was reached, and which; other failures are thrown on. */
export function limitReached(error: unknown): PartialReason {
  if (error instanceof StoreError && error.code === 'QUERY_TIMEOUT') return { reason: 'time' };
  if (error instanceof StoreError && error.code === 'QUERY_MEMORY') return { reason: 'memory' };
  throw error;
}
