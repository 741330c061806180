import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineOptions } from '../options.ts';
import { Engine } from './engine/engine.ts';
import { loadNativeLibrary } from './engine/native-library.ts';
import { createQueryServer } from './http/query-server.ts';
import { QueryRunner } from './query-runner.ts';

/** Engine, runner and HTTP server of the child, and the order of their stop. */
export class EngineService {
  readonly #engine: Engine;
  readonly #runner: QueryRunner;
  readonly #server: Server;
  readonly #options: EngineOptions;
  #stopping: Promise<boolean> | undefined;

  private constructor(engine: Engine, options: EngineOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#runner = new QueryRunner(engine, options);
    this.#server = createQueryServer({ engine, runner: this.#runner, options });
  }

  static async start(options: EngineOptions): Promise<EngineService> {
    return new EngineService(await Engine.open(loadNativeLibrary(), options), options);
  }

  get version(): string {
    return this.#engine.version;
  }

  accept(socket: Socket): void {
    // A server sets this on what it accepts itself; this connection was handed over.
    socket.setNoDelay(true);
    this.#server.emit('connection', socket);
    socket.resume();
  }

  /** False when queries would not end in time: the engine then cannot be closed, only killed. */
  stop(): Promise<boolean> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  async #drain(): Promise<boolean> {
    this.#server.closeIdleConnections();
    const drained = this.#runner.drain().then(() => true);
    let clean = await Promise.race([drained, later(this.#options.drainTimeoutMs)]);
    if (!clean) {
      await Promise.race([this.#runner.cancelAll(), later(CANCEL_MS)]);
      clean = await Promise.race([drained, later(CANCEL_MS)]);
    }
    this.#server.closeAllConnections();
    if (clean) this.#engine.close();
    return clean;
  }
}

const CANCEL_MS = 500;

const later = (ms: number): Promise<false> => sleep(ms, false, { ref: false });
