import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedError } from '../../embedded-error.ts';

/** One connection of the engine: opaque, runs one statement at a time. */
export type Connection = { readonly connection: unique symbol };

export interface NativeResult {
  bytes: Uint8Array;
  /** Seconds. */
  elapsed: number;
  rowsRead: number;
  bytesRead: number;
}

export interface StatementAnalysis {
  /** 0 when the text does not parse. */
  statementCount: number;
  /** 0 reads, 1 changes a database, 2 changes what is global, 3 controls (SET, USE, KILL, ...), 4 unknown. */
  queryClass: number;
}

/**
 * The part of chDB's native addon (version 3.4.0, pinned) that is used. Its public `Session` is not, because closing
 * one waits for the running queries of all of them, and because it hides the analysis of statements.
 */
export interface NativeLibrary {
  CreateConnection(dataDir: string, args: readonly string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(connection: Connection, sql: string, format: string): Promise<NativeResult>;
  DurableClassifyAsync(connection: Connection, sql: string): Promise<StatementAnalysis>;
}

/** Loads chDB; throws LIBRARY_MISSING where its platform package is not installed or cannot be loaded. */
export function loadNativeLibrary(): NativeLibrary {
  const require = createRequire(import.meta.url);
  try {
    const loader = join(dirname(require.resolve('chdb/package.json')), 'dist', 'loader.js');
    return require(loader).loadNative();
  } catch (cause) {
    throw new EmbeddedError('LIBRARY_MISSING', missingMessage(cause), { cause });
  }
}

function missingMessage(cause: unknown): string {
  const platform = `${process.platform}-${process.arch}`;
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
  return (
    `the ClickHouse library cannot be loaded on ${platform}: ${reason} ` +
    'Next: run npm ci on Linux with glibc or macOS (x64 or arm64), or set CLICKHOUSE_URL to a ClickHouse server.'
  );
}
