import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FromChild, ToChild } from './child-messages.ts';
import { EmbeddedError, type EmbeddedErrorCode } from './embedded-error.ts';
import type { EngineOptions, ResolvedOptions } from './options.ts';

const MAIN = fileURLToPath(new URL('child/main.ts', import.meta.url));
// Each running query holds a thread of libuv's pool; files, compression and the engine's own statements need some too.
const OTHER_THREADS = 6;
// The bytes of a block on its way to its file are garbage outside of the heap: 64 MiB of it may come before Node collects.
const NODE_OPTIONS = ['--no-warnings', '--initial-old-space-size=64'];
const OUTPUT_LINES = 20;
// The engine of a program that was killed a moment ago takes up to a second to let go of the directory.
const LOCK_WAIT_MS = 3_000;
const LOCK_RETRY_MS = 200;

/** One process with the engine in it, from its start to its end. */
export class EngineChild {
  readonly #process: ChildProcess;
  readonly #options: ResolvedOptions;
  readonly #output: string[] = [];
  /** Connections on their way to the process, in order. */
  readonly #leaving: { readonly socket: Socket; isSent: boolean }[] = [];
  /** Resolves when the process has ended, with how. */
  readonly exited: Promise<string>;

  private constructor(options: ResolvedOptions) {
    this.#options = options;
    const threads = options.maxConcurrentQueries + options.maxConcurrentInserts + OTHER_THREADS;
    this.#process = spawn(process.execPath, [...NODE_OPTIONS, MAIN], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, UV_THREADPOOL_SIZE: String(threads), NODE_OPTIONS: '' },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    }
    this.#process.on('message', (message: FromChild) => {
      if (message.type === 'taken') this.#leaving.shift()?.socket.destroy();
    });
    this.exited = this.#ended();
  }

  /** Resolves when the engine answers; throws EmbeddedError when it cannot. */
  static async start(options: ResolvedOptions): Promise<EngineChild> {
    const giveUpAt = performance.now() + LOCK_WAIT_MS;
    for (;;) {
      try {
        return await EngineChild.#startOnce(options);
      } catch (error) {
        const locked = error instanceof EmbeddedError && error.code === 'DIRECTORY_LOCKED';
        if (!locked || performance.now() > giveUpAt) throw error;
        await sleep(LOCK_RETRY_MS);
      }
    }
  }

  static async #startOnce(options: ResolvedOptions): Promise<EngineChild> {
    const child = new EngineChild(options);
    try {
      await child.#handshake();
      return child;
    } catch (error) {
      child.kill();
      await child.exited;
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Hands a connection over; false when the process is gone and the caller has to answer. */
  give(socket: Socket): boolean {
    if (!this.#process.connected) return false;
    const leaving = { socket, isSent: false };
    this.#leaving.push(leaving);
    // Kept open until the process says that it has it: of what is on its way when the process dies, Node closes nothing
    // and forgets what it has queued behind, and whoever connected would wait for ever.
    this.#process.send({ type: 'connection' } satisfies ToChild, socket, { keepOpen: true }, () => {
      leaving.isSent = true;
    });
    return true;
  }

  /** Connections that never left for the process, after its end; those that did, and did not get there, are closed. */
  takeBack(): readonly Socket[] {
    const [lost, kept] = [
      this.#leaving.filter(({ isSent }) => isSent),
      this.#leaving.filter(({ isSent }) => !isSent),
    ];
    this.#leaving.length = 0;
    for (const { socket } of lost) socket.destroy();
    return kept.map(({ socket }) => socket);
  }

  /** Lets running queries end within the drain time, then ends the process in any case. */
  async stop(): Promise<void> {
    if (this.#process.connected) this.#send({ type: 'stop' });
    const timer = setTimeout(() => this.kill(), this.#options.drainTimeoutMs + 2_000);
    await this.exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #send(message: ToChild): void {
    // An error of sending means that the process ended: `exited` tells.
    this.#process.send(message, () => {});
  }

  async #handshake(): Promise<void> {
    const { logger: _, port: _port, host: _host, startTimeoutMs, ...engineOptions } = this.#options;
    this.#send({ type: 'start', options: engineOptions satisfies EngineOptions });
    const signal = AbortSignal.timeout(startTimeoutMs);
    const ended = this.exited.then((how) => {
      throw new EmbeddedError('START_FAILED', `the engine's process ended before it was ready: ${how}`);
    });
    const answer = once(this.#process, 'message', { signal }).then(([message]) => message as FromChild);
    const message = await Promise.race([answer, ended]).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      throw new EmbeddedError('START_TIMEOUT', `the engine was not ready within ${startTimeoutMs} ms`);
    });
    if (message.type !== 'failed') return;
    await this.exited;
    throw this.#failure(message.code, message.message);
  }

  #failure(code: EmbeddedErrorCode, message: string): EmbeddedError {
    const { dataDir } = this.#options;
    const reason = this.#output.find((line) => line.startsWith('Code: ')) ?? '';
    if (/Cannot lock file/.test(reason)) {
      return new EmbeddedError(
        'DIRECTORY_LOCKED',
        `the data directory ${dataDir} is open in another process. Next: stop that process, or choose another directory.`,
      );
    }
    return new EmbeddedError(code, reason === '' ? message : `${message}: ${reason}`);
  }

  async #ended(): Promise<string> {
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      // Not 'exit': its last words may still be on their way then.
      this.#process.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
      this.#process.once('error', (error) => resolve([null, error.message]));
    });
    const how = signal ?? `exit code ${code}`;
    return this.#output.length === 0 ? how : `${how}; its last words: ${this.#output.join(' | ')}`;
  }

  #keep(text: string): void {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    this.#output.push(...lines);
    this.#output.splice(0, this.#output.length - OUTPUT_LINES);
  }
}
