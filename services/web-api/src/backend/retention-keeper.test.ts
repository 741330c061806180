import { StoreError } from '@utxoiq/store';
import { describe, expect, it, vi } from 'vitest';
import { RetentionKeeper } from './retention-keeper.ts';

const logger = () => ({ info: vi.fn(), warn: vi.fn() });

describe('RetentionKeeper', () => {
  it('runs a minute after the start and then every hour, also after a failure, and counts', async () => {
    vi.useFakeTimers();
    try {
      const answers = [
        async () => ({ days: ['20260101', '20260102'] }),
        async () => Promise.reject(new StoreError('UNREACHABLE', 'down')),
        async () => ({ days: [] }),
      ];
      const enforceRetention = vi.fn(() => answers.shift()?.() ?? Promise.resolve({ days: [] }));
      const log = logger();
      const keeper = RetentionKeeper.start({ store: { enforceRetention }, logger: log });
      await vi.advanceTimersByTimeAsync(59_000);
      expect(enforceRetention).toHaveBeenCalledTimes(0);
      await vi.advanceTimersByTimeAsync(1000);
      expect(log.info.mock.calls[0]?.[1]).toMatch(/^retention removed 2 days/);
      await vi.advanceTimersByTimeAsync(2 * 3_600_000);
      expect(keeper.stats()).toMatchObject({ runs: 3, failures: 1, daysRemoved: 2 });
      expect(log.warn).toHaveBeenCalledTimes(1);
      await keeper.stop();
      await vi.advanceTimersByTimeAsync(10 * 3_600_000);
      expect(enforceRetention).toHaveBeenCalledTimes(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends a run that is under way when it is stopped, without a word', async () => {
    const started = Promise.withResolvers<void>();
    const log = logger();
    const keeper = RetentionKeeper.start({
      store: {
        enforceRetention: (_now, signal) => {
          started.resolve();
          const { promise, reject } = Promise.withResolvers<never>();
          signal?.addEventListener('abort', () => reject(new StoreError('QUERY_CANCELLED', 'cancelled')));
          return promise;
        },
      },
      logger: log,
      firstAfterMs: 0,
    });
    await started.promise;
    await keeper.stop();
    expect(log.warn).not.toHaveBeenCalled();
    expect(keeper.stats().failures).toBe(0);
  });
});
