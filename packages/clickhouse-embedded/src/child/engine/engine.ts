import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedError } from '../../embedded-error.ts';
import type { EngineOptions } from '../../options.ts';
import { connectionArguments } from './connection-arguments.ts';
import type { Connection, NativeLibrary, NativeResult, StatementAnalysis } from './native-library.ts';

/**
 * chDB on one data directory. Every request gets a connection that no other request has set anything on; what a
 * request sets (settings, parameters, database) goes away with its connection. A new one costs 1 ms, off the
 * request's way as long as spare ones are there.
 */
export class Engine {
  readonly #native: NativeLibrary;
  readonly #dataDir: string;
  readonly #args: readonly string[];
  readonly #spare: Connection[] = [];
  readonly #control: Connection;
  readonly #spareTarget: number;
  #warming = 0;
  #closed = false;
  /** Bodies of inserts wait here for the engine to read them. */
  readonly incomingDir: string;
  readonly version: string;

  private constructor(
    native: NativeLibrary,
    options: EngineOptions,
    opened: { control: Connection; version: string; incomingDir: string },
  ) {
    this.#native = native;
    this.#dataDir = options.dataDir;
    this.#args = connectionArguments(options);
    this.#spareTarget = options.maxConcurrentQueries;
    this.#control = opened.control;
    this.version = opened.version;
    this.incomingDir = opened.incomingDir;
  }

  static async open(native: NativeLibrary, options: EngineOptions): Promise<Engine> {
    const incomingDir = join(options.dataDir, 'incoming');
    try {
      await rm(incomingDir, { recursive: true, force: true });
      await mkdir(incomingDir, { recursive: true });
    } catch (cause) {
      throw unwritable(options.dataDir, cause);
    }
    const control = openControl(native, options);
    const { bytes } = await native.QueryAsyncConnection(control, 'SELECT version()', 'TSVRaw');
    const engine = new Engine(native, options, { control, version: text(bytes).trim(), incomingDir });
    engine.#refill();
    return engine;
  }

  connect(): Connection {
    const connection = this.#spare.pop() ?? this.#create();
    this.#refill();
    return connection;
  }

  /** `clean`: nothing was set on it. */
  release(connection: Connection, clean: boolean): void {
    if (clean && !this.#closed && this.#spare.length < 2 * this.#spareTarget) this.#spare.push(connection);
    else this.#native.CloseConnection(connection);
  }

  query(connection: Connection, sql: string, format: string): Promise<NativeResult> {
    return this.#native.QueryAsyncConnection(connection, sql, format);
  }

  analyse(sql: string): Promise<StatementAnalysis> {
    return this.#native.DurableClassifyAsync(this.#control, sql);
  }

  /** For the engine's own short statements. */
  async command(sql: string): Promise<string> {
    const connection = this.connect();
    try {
      return text((await this.query(connection, sql, 'TSVRaw')).bytes);
    } finally {
      this.release(connection, true);
    }
  }

  /** After the last query has ended: closing a connection in use brings the library down. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#spare.splice(0)) this.#native.CloseConnection(connection);
    this.#native.CloseConnection(this.#control);
  }

  #create(): Connection {
    return this.#native.CreateConnection(this.#dataDir, this.#args);
  }

  #refill(): void {
    while (!this.#closed && this.#spare.length + this.#warming < this.#spareTarget) void this.#warm();
  }

  // The first statement on a connection takes 1 ms longer than the next ones. Nobody awaits this: it cannot reject.
  async #warm(): Promise<void> {
    this.#warming++;
    try {
      const connection = this.#create();
      await this.query(connection, 'SELECT 1', 'Null');
      this.release(connection, true);
    } catch {
      // Out of memory, say: the request that needs a connection will tell.
    } finally {
      this.#warming--;
    }
  }
}

function openControl(native: NativeLibrary, options: EngineOptions): Connection {
  try {
    return native.CreateConnection(options.dataDir, connectionArguments(options));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedError('START_FAILED', `the engine cannot open ${options.dataDir}: ${message}`, {
      cause,
    });
  }
}

function unwritable(dataDir: string, cause: unknown): EmbeddedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EmbeddedError(
    'DIRECTORY_UNWRITABLE',
    `cannot write in the data directory ${dataDir}: ${reason}. Next: choose another directory, or change its owner.`,
    { cause },
  );
}

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
