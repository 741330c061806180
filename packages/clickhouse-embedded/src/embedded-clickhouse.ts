import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedError } from './embedded-error.ts';
import { EngineChild } from './engine-child.ts';
import { type EmbeddedOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { createUnavailableServer } from './unavailable-server.ts';

const MAX_BACKOFF_MS = 10_000;
/** An engine that ran this long has not died of its start: the next restart is immediate. */
const STABLE_AFTER_MS = 30_000;

/**
 * ClickHouse's HTTP interface on a directory. The port belongs to this process and stays for its life; the engine is
 * a child process, which gets the connections handed over and is started again when it dies.
 */
export class EmbeddedClickHouse implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  readonly #listener: Server;
  readonly #unavailable = createUnavailableServer();
  readonly #abort = new AbortController();
  readonly #supervision: Promise<void>;
  #child: EngineChild | null;
  #restarts = 0;
  #stopping: Promise<void> | undefined;
  /** `http://127.0.0.1:PORT`, stable across restarts of the engine. */
  readonly url: string;

  private constructor(options: ResolvedOptions, listener: Server, child: EngineChild) {
    this.#options = options;
    this.#listener = listener;
    this.#child = child;
    const { port } = listener.address() as AddressInfo;
    this.url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
    listener.on('connection', (socket) => this.#accept(socket));
    this.#supervision = this.#supervise(child);
  }

  /** Resolves when queries are answered. Throws EmbeddedError: its message says what to do. */
  static async start(options: EmbeddedOptions): Promise<EmbeddedClickHouse> {
    const resolved = resolveOptions(options);
    const early: Socket[] = [];
    const keep = (socket: Socket) => void early.push(socket);
    const listener = await listen(resolved, keep);
    try {
      const engine = new EmbeddedClickHouse(resolved, listener, await EngineChild.start(resolved));
      listener.off('connection', keep);
      for (const socket of early) engine.#accept(socket);
      return engine;
    } catch (error) {
      listener.close();
      for (const socket of early) socket.destroy();
      throw error;
    }
  }

  /** Process id of the engine; undefined while it is starting again. */
  get enginePid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often the engine died and was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Lets running queries end (within `drainTimeoutMs`), then closes the directory and the port. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#abort.abort();
    // Its 'close' is not waited for: Node never emits it once every process that was sent a connection has died.
    this.#listener.close();
    await this.#child?.stop();
    await this.#supervision;
    this.#unavailable.closeAllConnections();
  }

  #accept(socket: Socket): void {
    // Without a listener, an error of a socket would end this process; it closes anyway.
    socket.on('error', () => {});
    if (this.#child?.give(socket)) return;
    this.#unavailable.emit('connection', socket);
    socket.resume();
  }

  async #supervise(first: EngineChild): Promise<void> {
    const { logger } = this.#options;
    const { signal } = this.#abort;
    let child: EngineChild | null = first;
    let backoffMs = 0;
    while (child !== null) {
      const startedAt = performance.now();
      const how = await child.exited;
      this.#child = null;
      for (const socket of child.takeBack()) this.#accept(socket);
      if (signal.aborted) return;
      if (performance.now() - startedAt > STABLE_AFTER_MS) backoffMs = 0;
      logger.error(`the ClickHouse engine ended (${how}); starting it again in ${backoffMs} ms`);
      child = await this.#startAgain(backoffMs);
      backoffMs = nextBackoff(backoffMs);
    }
  }

  // Null when stop() came in between.
  async #startAgain(firstWaitMs: number): Promise<EngineChild | null> {
    const { signal } = this.#abort;
    let waitMs = firstWaitMs;
    for (;;) {
      await sleep(waitMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return null;
      try {
        const child = await EngineChild.start(this.#options);
        this.#child = child;
        this.#restarts++;
        if (signal.aborted) void child.stop();
        this.#options.logger.info('the ClickHouse engine runs again');
        return child;
      } catch (error) {
        waitMs = nextBackoff(waitMs);
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.logger.error(
          `the ClickHouse engine does not start: ${reason}; next try in ${waitMs} ms`,
        );
      }
    }
  }
}

const nextBackoff = (ms: number): number => Math.min(MAX_BACKOFF_MS, Math.max(200, ms * 2));

async function listen({ host, port }: ResolvedOptions, accept: (socket: Socket) => void): Promise<Server> {
  // Paused: the first bytes of a connection are for the process that gets it.
  const server = createServer({ pauseOnConnect: true }, accept);
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return server;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedError(
      'PORT_UNAVAILABLE',
      `cannot listen on ${host}:${port}: ${reason}. Next: stop what uses the port, or choose another one (0 for any).`,
      { cause },
    );
  }
}
