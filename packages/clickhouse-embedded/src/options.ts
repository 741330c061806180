import { isAbsolute, resolve } from 'node:path';
import { EmbeddedError } from './embedded-error.ts';

/** The part of a pino logger (or `console`) that is used. */
export interface EmbeddedLogger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Options of `EmbeddedClickHouse.start`. */
export interface EmbeddedOptions {
  /** Directory of the database; made if it is not there. One process at a time may have it open. */
  dataDir: string;
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1. Anything but loopback needs `password`. */
  host?: string;
  /** Asked of every request if set (user `default`); default none, since only loopback may connect. */
  password?: string;
  /** Limit of the engine's own memory (`max_server_memory_usage`), default 1 GiB. */
  maxMemoryBytes?: number;
  /** Default limit of one query's memory (`max_memory_usage`), half of `maxMemoryBytes`. */
  maxQueryMemoryBytes?: number;
  /** Default limit of a result (`max_result_bytes`), 256 MiB: results are held in memory before they are sent. */
  maxResultBytes?: number;
  /** Largest request body, decompressed, default 512 MiB. */
  maxBodyBytes?: number;
  /** Default limit of one query's time (`max_execution_time`), 60 s. */
  maxQuerySeconds?: number;
  /** Reading queries that run at a time, default 4; further ones wait. */
  maxConcurrentQueries?: number;
  /** Inserts that run at a time, default 2, on places of their own, so that no query holds up an insert. */
  maxConcurrentInserts?: number;
  /** Requests that may wait for a place, default 256; further ones get 503 with Retry-After. */
  maxQueuedQueries?: number;
  /** How long stop() lets running queries go on before it cancels them, default 5 s. */
  drainTimeoutMs?: number;
  /** How long a start may take, default 60 s: a large directory loads for seconds. */
  startTimeoutMs?: number;
  logger?: EmbeddedLogger;
}

const MIB = 1024 * 1024;

const silent: EmbeddedLogger = { info() {}, warn() {}, error() {} };

const DEFAULTS = Object.freeze({
  port: 0,
  host: '127.0.0.1',
  password: '',
  maxMemoryBytes: 1024 * MIB,
  maxResultBytes: 256 * MIB,
  maxBodyBytes: 512 * MIB,
  maxQuerySeconds: 60,
  maxConcurrentQueries: 4,
  maxConcurrentInserts: 2,
  maxQueuedQueries: 256,
  drainTimeoutMs: 5_000,
  startTimeoutMs: 60_000,
  logger: silent,
});

export type ResolvedOptions = Readonly<Required<EmbeddedOptions>>;

/** What the child needs to know; travels to it as a message, never on its command line. */
export type EngineOptions = Omit<ResolvedOptions, 'logger' | 'port' | 'host' | 'startTimeoutMs'>;

const WHOLE_NUMBERS = {
  port: [0, 65_535],
  maxMemoryBytes: [128 * MIB, Number.MAX_SAFE_INTEGER],
  maxQueryMemoryBytes: [MIB, Number.MAX_SAFE_INTEGER],
  maxResultBytes: [1024, Number.MAX_SAFE_INTEGER],
  maxBodyBytes: [1024, Number.MAX_SAFE_INTEGER],
  maxQuerySeconds: [1, 86_400],
  maxConcurrentQueries: [1, 64],
  maxConcurrentInserts: [1, 64],
  maxQueuedQueries: [0, 100_000],
  drainTimeoutMs: [0, 600_000],
  startTimeoutMs: [100, 3_600_000],
} as const;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Completes and checks the options; throws BAD_OPTION with the option's name, what is expected and what came. */
export function resolveOptions(options: EmbeddedOptions): ResolvedOptions {
  if (typeof options.dataDir !== 'string' || options.dataDir === '') {
    throw new EmbeddedError(
      'BAD_OPTION',
      `dataDir must be the path of a directory, got '${options.dataDir}'`,
    );
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const merged = { ...DEFAULTS, ...given, dataDir: absolute(options.dataDir) };
  const maxQueryMemoryBytes = options.maxQueryMemoryBytes ?? Math.floor(merged.maxMemoryBytes / 2);
  const resolved = { ...merged, maxQueryMemoryBytes };
  for (const [name, [from, to]] of Object.entries(WHOLE_NUMBERS)) {
    const value = resolved[name as keyof typeof WHOLE_NUMBERS];
    if (!Number.isSafeInteger(value) || value < from || value > to) {
      throw new EmbeddedError(
        'BAD_OPTION',
        `${name} must be a whole number from ${from} to ${to}, got ${value}`,
      );
    }
  }
  if (!LOOPBACK.test(resolved.host) && resolved.password === '') {
    throw new EmbeddedError(
      'BAD_OPTION',
      `host ${resolved.host} is not loopback: set password, or listen on 127.0.0.1`,
    );
  }
  return Object.freeze(resolved);
}

const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(path));
