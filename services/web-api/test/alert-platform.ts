import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { AlertKeeper, type AlertKeeperOptions } from '../src/alerts/alert-keeper.ts';
import type { AlertsConfig } from '../src/alerts/alerts-config.ts';
import { FakeMinutes, T0 } from './fake-minutes.ts';

type Options = Partial<Omit<AlertKeeperOptions, 'config'>> & {
  readonly config?: Partial<AlertsConfig>;
  readonly startMinute?: number;
};

/** A keeper over minutes and a clock that the test sets. */
export async function startKeeper(options: Options = {}) {
  const { config, startMinute = T0, ...rest } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'utxoiq-alerts-'));
  const store = new FakeMinutes();
  const clock = { minute: startMinute };
  const logger = { fatal: vi.fn(), error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn() };
  const keeper = await AlertKeeper.open({
    config: { isOn: true, intervalMs: 60_000, delayMs: 30_000, targets: [], ...config },
    dataDir,
    ask: store.ask,
    logger: logger as unknown as AlertKeeperOptions['logger'],
    baseUrl: () => 'https://traces.example',
    now: () => clock.minute * 60_000 + 31_000,
    ...rest,
  });
  return {
    keeper,
    store,
    clock,
    logger,
    dataDir,
    /** Evaluates at the end of a minute and waits until everybody has been told. */
    async evaluateAt(minute: number): Promise<void> {
      clock.minute = minute;
      await keeper.evaluate();
      await keeper.notifier.settled();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await keeper.stop();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The same, stopped when the test that calls it ends. */
export async function keeperForThisTest(options: Options = {}) {
  const started = await startKeeper(options);
  onTestFinished(() => started[Symbol.asyncDispose]());
  return started;
}
