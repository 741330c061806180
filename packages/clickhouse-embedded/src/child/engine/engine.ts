import { access, constants, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedError } from '../../embedded-error.ts';
import type { EngineOptions } from '../../options.ts';
import { connectionArguments, engineArguments } from './connection-arguments.ts';
import type { Connection, NativeLibrary, NativeResult, StatementAnalysis } from './native-library.ts';

/**
 * chDB on one data directory. What a request sets (settings, parameters, database, temporary tables) stays on its
 * connection, so most requests get one of their own.
 */
export class Engine {
  readonly #native: NativeLibrary;
  readonly #dataDir: string;
  readonly #args: readonly string[];
  // Holds the directory open, and serves the analysis of statements.
  readonly #first: Connection;
  /** Bodies of inserts wait here for the engine to read them. */
  readonly incomingDir: string;
  readonly version: string;

  private constructor(
    native: NativeLibrary,
    options: EngineOptions,
    opened: { first: Connection; version: string; incomingDir: string },
  ) {
    this.#native = native;
    this.#dataDir = options.dataDir;
    this.#args = connectionArguments(options);
    this.#first = opened.first;
    this.version = opened.version;
    this.incomingDir = opened.incomingDir;
  }

  static async open(native: NativeLibrary, options: EngineOptions): Promise<Engine> {
    const { dataDir } = options;
    await makeWritable(dataDir);
    const first = openFirst(native, options);
    // Only the owner of the directory's lock may clean up in it.
    const incomingDir = join(dataDir, 'incoming');
    await rm(incomingDir, { recursive: true, force: true });
    await mkdir(incomingDir);
    const { bytes } = await native.QueryAsyncConnection(first, 'SELECT version()', 'TSVRaw');
    return new Engine(native, options, { first, version: text(bytes).trim(), incomingDir });
  }

  connect(): Connection {
    return this.#native.CreateConnection(this.#dataDir, this.#args);
  }

  /** Only when nothing runs on it: closing a connection in use brings the library down. */
  disconnect(connection: Connection): void {
    this.#native.CloseConnection(connection);
  }

  query(connection: Connection, sql: string, format: string): Promise<NativeResult> {
    return this.#native.QueryAsyncConnection(connection, sql, format);
  }

  analyse(sql: string): Promise<StatementAnalysis> {
    return this.#native.DurableClassifyAsync(this.#first, sql);
  }

  /** Runs a short statement of the engine's own; its result as text. */
  async command(sql: string): Promise<string> {
    const connection = this.connect();
    try {
      return text((await this.query(connection, sql, 'TSVRaw')).bytes);
    } finally {
      this.disconnect(connection);
    }
  }

  /** When all connections are closed. */
  close(): void {
    this.#native.CloseConnection(this.#first);
  }
}

function openFirst(native: NativeLibrary, options: EngineOptions): Connection {
  try {
    return native.CreateConnection(options.dataDir, [
      ...engineArguments(options),
      ...connectionArguments(options),
    ]);
  } catch (cause) {
    // The library writes the reason to the error output, which the parent reads.
    throw new EmbeddedError('START_FAILED', `the engine cannot open ${options.dataDir}`, { cause });
  }
}

async function makeWritable(dataDir: string): Promise<void> {
  try {
    await makeDirectory(dataDir);
    await access(dataDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedError(
      'DIRECTORY_UNWRITABLE',
      `cannot write in the data directory ${dataDir}: ${reason}. Next: choose another directory, or change its owner.`,
      { cause },
    );
  }
}

// Not `recursive: true`: that never returns for a path below /proc.
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
