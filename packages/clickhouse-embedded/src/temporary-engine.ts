import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedClickHouse } from './embedded-clickhouse.ts';
import type { EmbeddedOptions } from './options.ts';

/** A running engine and its directory. */
export interface TemporaryEngine extends AsyncDisposable {
  readonly engine: EmbeddedClickHouse;
  readonly url: string;
  readonly dataDir: string;
  /** Stops the engine and removes its directory. */
  stop(): Promise<void>;
}

/** For tests: an engine on a new directory, which goes away with it. */
export async function startTemporaryEngine(
  options: Omit<EmbeddedOptions, 'dataDir'> = {},
): Promise<TemporaryEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'clickhouse-embedded-'));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    const engine = await EmbeddedClickHouse.start({ ...options, dataDir });
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping ??= engine.stop().finally(remove);
      return stopping;
    };
    return { engine, url: engine.url, dataDir, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await remove();
    throw error;
  }
}
