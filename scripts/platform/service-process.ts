import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LogFile } from './log-file.ts';
import { PlatformError } from './platform-error.ts';

export interface ServiceOptions {
  readonly name: string;
  /** The program, relative to the repository. */
  readonly program: string;
  /** Options of Node for it. */
  readonly nodeOptions?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Answers 200 once the service is ready. */
  readonly readyUrl: string;
  readonly log: LogFile;
  /** A line for the operator. */
  readonly say: (line: string) => void;
  /** What the service tells by IPC. */
  readonly onMessage?: (message: unknown) => void;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const guard = new URL('./child-guard.mjs', import.meta.url).href;
const readyTimeoutMs = 60_000;
const pollMs = 25;
const firstBackoffMs = 500;
const maxBackoffMs = 30_000;
/** A service that ran this long has not died of its start: the next restart is quick again. */
const stableMs = 60_000;

/** One service as a child process: started, watched, started again when it dies, stopped. */
export class ServiceProcess {
  readonly #options: ServiceOptions;
  readonly #abort = new AbortController();
  #child: ChildProcess | null = null;
  #lastWords = '';
  #supervision: Promise<void> | null = null;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** Resolves when the service is ready; rejects with its last words when it ends before. */
  async start(): Promise<void> {
    await this.#launch();
    this.#supervision = this.#supervise();
  }

  /** Lets it finish what it is doing; kills it when that takes longer than `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#abort.abort();
    const child = this.#child;
    if (child !== null && isRunning(child)) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const killer = setTimeout(() => {
        this.#options.say(`${this.#options.name} did not stop in ${graceMs / 1000} s: killed`);
        child.kill('SIGKILL');
      }, graceMs);
      await ended;
      clearTimeout(killer);
    }
    await this.#supervision;
  }

  async #launch(): Promise<void> {
    const { program, nodeOptions = [], environment, onMessage } = this.#options;
    const child = spawn(process.execPath, [...nodeOptions, '--import', guard, program], {
      cwd: root,
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // Ctrl-C in a terminal is for the platform alone; it stops its services in order.
    });
    this.#child = child;
    this.#lastWords = '';
    this.#readLines(child);
    if (onMessage !== undefined) child.on('message', onMessage);
    await this.#untilReady(child);
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const { name, readyUrl, log } = this.#options;
    const deadline = Date.now() + readyTimeoutMs;
    while (Date.now() < deadline) {
      if (!isRunning(child)) {
        const reason = this.#lastWords || `it ended with ${child.exitCode ?? child.signalCode}`;
        throw new PlatformError(
          `${name} did not start: ${reason.replace(/\.?$/, '.')}`,
          `Its log: ${log.path}`,
        );
      }
      const response = await fetch(readyUrl, { signal: AbortSignal.timeout(3000) }).catch(() => null);
      await response?.body?.cancel();
      if (response?.ok) return;
      await delay(pollMs);
    }
    child.kill('SIGKILL');
    throw new PlatformError(
      `${name} was not ready within ${readyTimeoutMs / 1000} s.`,
      `Its log says why: ${log.path}`,
    );
  }

  async #supervise(): Promise<void> {
    const { signal } = this.#abort;
    let backoffMs = firstBackoffMs;
    while (!signal.aborted) {
      const startedAt = Date.now();
      await this.#ended();
      if (signal.aborted) return;
      if (Date.now() - startedAt > stableMs) backoffMs = firstBackoffMs;
      this.#options.say(
        `${this.#options.name} ended unexpectedly; starting it again in ${backoffMs / 1000} s`,
      );
      await delay(backoffMs, undefined, { signal }).catch(() => undefined);
      backoffMs = Math.min(backoffMs * 2, maxBackoffMs);
      if (!signal.aborted) await this.#relaunch();
    }
  }

  async #relaunch(): Promise<void> {
    const { name, say } = this.#options;
    try {
      await this.#launch();
      say(`${name} is back`);
    } catch (error) {
      if (!this.#abort.signal.aborted) say((error as Error).message);
    }
  }

  async #ended(): Promise<void> {
    const child = this.#child;
    if (child !== null && isRunning(child)) await once(child, 'exit');
  }

  #readLines(child: ChildProcess): void {
    const { name, log, say } = this.#options;
    const read = (stream: NodeJS.ReadableStream | null, each: (line: string) => void): void => {
      if (stream === null) return;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        each(line);
      });
    };
    read(child.stdout, (line) => {
      const problem = problemIn(line);
      if (problem !== null) say(`${name}: ${problem}`);
    });
    read(child.stderr, (line) => {
      if (line.trim() !== '') this.#lastWords = line.trim();
      if (this.#supervision !== null) say(`${name}: ${line}`);
    });
  }
}

const isRunning = (child: ChildProcess): boolean =>
  child.exitCode === null && child.signalCode === null && child.pid !== undefined;

/** The message of a log line from WARNING up; null for the others. */
function problemIn(line: string): string | null {
  if (!/"severity":"(?:WARNING|ERROR|CRITICAL)"/.test(line)) return null;
  try {
    const entry = JSON.parse(line) as { severity: string; message?: string; err?: { message?: string } };
    const reason = entry.err?.message;
    return `${entry.severity.toLowerCase()}: ${entry.message ?? ''}${reason === undefined ? '' : `: ${reason}`}`;
  } catch {
    return line; // Not JSON after all: shown as it is.
  }
}
