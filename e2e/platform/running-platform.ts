import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const startTimeoutMs = 240_000;
const freePorts = {
  PORT: '0',
  OTLP_HTTP_PORT: '0',
  GRPC_PORT: '0',
  FEATURE_ENGINE_PORT: '0',
  INSIGHT_GENERATOR_PORT: '0',
};

/** `npm start` in a temporary data directory on free ports. */
export class RunningPlatform implements AsyncDisposable {
  readonly dataDir: string;
  readonly output: string[] = [];
  readonly #child: ChildProcess;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(child: ChildProcess, dataDir: string, environment: NodeJS.ProcessEnv) {
    this.#child = child;
    this.dataDir = dataDir;
    this.#environment = environment;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.output.push(line));
    }
  }

  /** Resolves once it says that it is ready; rejects with its output when it ends before. */
  static async start(
    options: { environment?: Record<string, string>; dataDir?: string } = {},
  ): Promise<RunningPlatform> {
    const platform = RunningPlatform.launch(options);
    const deadline = Date.now() + startTimeoutMs;
    while (!platform.output.some((line) => line.startsWith('Ready in'))) {
      if (platform.#child.exitCode !== null || Date.now() > deadline) {
        await platform.stop();
        throw new Error(`the platform did not start:\n${platform.output.join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return platform;
  }

  /** Starts it and does not wait: for starts that are meant to fail. */
  static launch(options: { environment?: Record<string, string>; dataDir?: string } = {}): RunningPlatform {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'utxoiq-e2e-'));
    const environment = { ...process.env, ...freePorts, DATA_DIR: dataDir, ...options.environment };
    const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RunningPlatform(child, dataDir, environment);
  }

  get signInUrl(): string {
    return this.#find(/Sign in +(\S+)/);
  }

  get url(): string {
    return new URL(this.signInUrl).origin;
  }

  get otlpHttpUrl(): string {
    return `http://${this.#find(/OTLP\/HTTP ([^\s,]+)/)}`;
  }

  get grpcTarget(): string {
    return this.#find(/gRPC (\S+)/);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What `npm run -s token` prints. */
  async token(...args: string[]): Promise<string> {
    const program = [join(root, 'scripts/run.mjs'), 'scripts/token.ts', ...args];
    const { stdout } = await promisify(execFile)(process.execPath, program, {
      cwd: root,
      env: this.#environment,
    });
    return stdout.trimEnd().split('\n').at(-1) ?? '';
  }

  /** Sends the signal and waits; resolves to the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal);
    }
    return this.ended();
  }

  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  #find(pattern: RegExp): string {
    const found = pattern.exec(this.output.join('\n'))?.[1];
    if (found === undefined) throw new Error(`${pattern} not found in:\n${this.output.join('\n')}`);
    return found;
  }
}
